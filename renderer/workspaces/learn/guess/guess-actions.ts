import { ArrowLeft, ArrowRight, ChevronsLeft, ChevronsRight, Eye, Play, StepForward, Undo2 } from '@lucide/vue'
import type { Vote } from '../../../../engine/protocol/guessing.ts'
import type { Action } from '../../../actions/action.ts'
import { useActions } from '../../../stores/actions.ts'
import { useGuessingStore } from '../../../stores/guessing.ts'
import { useWorkspaceStore } from '../../../stores/workspace.ts'
import { voteNames } from './vote-names.ts'

/** The keys of the votes, from surely noise to surely learned. */
export const voteKeys: Readonly<Record<Vote, readonly string[]>> = {
  1: ['Shift+ArrowLeft', 'Shift+F'],
  2: ['ArrowLeft', 'F'],
  3: ['ArrowRight', 'J'],
  4: ['Shift+ArrowRight', 'Shift+J'],
}
export const nextKeys: readonly string[] = ['N']
export const undoKeys: readonly string[] = ['Backspace', 'Mod+Z']

const icons = { 1: ChevronsLeft, 2: ArrowLeft, 3: ArrowRight, 4: ChevronsRight }

interface GuessCommands {
  /** Deals what is chosen. */
  readonly deal: () => void
  readonly canDeal: () => boolean
  /** Deals another round of the same filters. */
  readonly next: () => void
}

/** What can be done by key or palette in a round, while it is in view. */
export function useGuessActions({ deal, canDeal, next }: GuessCommands): void {
  const guessing = useGuessingStore()
  const workspace = useWorkspaceStore()
  const group = 'learn.group'
  const isIn = (phase: typeof guessing.phase) => (): boolean =>
    workspace.current === 'learn' && guessing.phase === phase
  const isVoting = (): boolean => isIn('playing')() && !guessing.hasAllVotes

  const voting = (vote: Vote): Action => ({
    id: `guess.vote.${vote}`,
    group,
    label: `learn.guess.votes.${voteNames[vote]}`,
    icon: icons[vote],
    keys: voteKeys[vote],
    once: true,
    isAvailable: isVoting,
    perform: () => guessing.vote(vote),
  })

  useActions(() => [
    {
      id: 'guess.deal',
      group,
      label: 'learn.guess.actions.deal',
      icon: Play,
      keys: ['Enter'],
      isAvailable: () => isIn('start')() && canDeal(),
      perform: deal,
    },
    ...([1, 2, 3, 4] as const).map(voting),
    {
      id: 'guess.undo',
      group,
      label: 'learn.guess.actions.undo',
      icon: Undo2,
      keys: undoKeys,
      isAvailable: () => isIn('playing')() && guessing.votes.length > 0,
      perform: guessing.undo,
    },
    {
      id: 'guess.reveal',
      group,
      label: 'learn.guess.actions.reveal',
      icon: Eye,
      keys: ['Enter'],
      isAvailable: () => isIn('playing')() && guessing.hasAllVotes,
      perform: () => void guessing.reveal(),
    },
    {
      id: 'guess.next',
      group,
      label: 'learn.guess.actions.next',
      icon: StepForward,
      // Not Enter, which may still be held from asking for the truth.
      keys: nextKeys,
      isAvailable: isIn('result'),
      perform: next,
    },
  ])
}
