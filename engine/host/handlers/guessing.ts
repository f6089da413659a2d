import type { GuessSource } from '../../protocol/guessing.ts'
import type { GuessPlace } from '../../protocol/inspector.ts'
import type { InspectorSupervisor } from '../inspector-supervisor.ts'
import type { PathGuard } from '../path-guard.ts'
import type { RunSupervisor } from '../run-supervisor.ts'
import type { AreaHandlers } from './handlers.ts'

export interface GuessingParts {
  readonly runs: RunSupervisor
  readonly inspector: InspectorSupervisor
  readonly paths: PathGuard
}

/** Rounds of guessing. What a window must not know before its votes stays in the inspector's process. */
export function guessingHandlers({ runs, inspector, paths }: GuessingParts): AreaHandlers<'guess'> {
  async function placeOf(source: GuessSource): Promise<GuessPlace> {
    const { layer } = source
    if (source.kind === 'model') return { kind: 'model', path: await paths.confine(source.path), layer }
    return { kind: 'run', runFolder: await runs.pathOf(source.runId), layer, step: source.step }
  }
  return {
    'guess.deal': async ({ source, seed }) => inspector.call('guess.deal', { place: await placeOf(source), seed }),
    'guess.reveal': async ({ source, ...rest }) =>
      inspector.call('guess.reveal', { place: await placeOf(source), ...rest }),
  }
}
