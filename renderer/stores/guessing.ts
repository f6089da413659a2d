import { defineStore } from 'pinia'
import { computed, markRaw, shallowRef, watch } from 'vue'
import { StorageSerializers, useSessionStorage } from '@vueuse/core'
import {
  type GuessRound,
  type GuessSource,
  type GuessTruth,
  type Vote,
  guessSourceSchema,
  voteSchema,
} from '../../engine/protocol/guessing.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import { text } from '../i18n/text.ts'
import { useConnectionStore } from './connection.ts'

/** A round as the window remembers it: the filters themselves are dealt again. */
interface Game {
  readonly source: GuessSource
  /** What the filters belong to, for a person. */
  readonly title: string
  readonly seed: number
  readonly digest: string
  readonly votes: readonly Vote[]
  readonly isRevealed: boolean
}

/** A round of telling trained filters from noise. The engine tells the truth only in exchange for all votes. */
export const useGuessingStore = defineStore('guessing', () => {
  const connection = useConnectionStore()
  const game = useSessionStorage<Game | null>('filterscope.guess', null, {
    serializer: StorageSerializers.object,
    shallow: true,
    // It is kept for a window that is loaded again; what else is on the page plays rounds of its own.
    listenToStorageChanges: false,
  })
  if (game.value !== null && !isWhole(game.value)) game.value = null

  const round = shallowRef<GuessRound>()
  const truth = shallowRef<GuessTruth>()
  const error = shallowRef<string>()
  const isDealing = shallowRef(false)
  const isRevealing = shallowRef(false)
  let newest = 0

  const cards = computed(() => round.value?.pictures.dims[0] ?? 0)
  const votes = computed(() => game.value?.votes ?? [])
  const hasAllVotes = computed(() => round.value !== undefined && votes.value.length === cards.value)
  const phase = computed(() => {
    if (isDealing.value) return 'dealing'
    if (!game.value || !round.value) return 'start'
    return truth.value ? 'result' : 'playing'
  })

  /** Deals a round in place of the one there is; the newest call wins. */
  async function deal(source: GuessSource, title: string, seed: number): Promise<void> {
    await ask({ source, title, seed, digest: '', votes: [], isRevealed: false })
  }

  /** `digest` is empty for a new round; a remembered one must be the same again. */
  async function ask(wanted: Game): Promise<void> {
    const asked = ++newest
    error.value = undefined
    round.value = undefined
    truth.value = undefined
    isDealing.value = true
    // Remembered at once: what a broken connection leaves undealt is dealt when it is back.
    game.value = wanted
    try {
      const { source, seed } = wanted
      const answer = await connection.client().request('guess.deal', { source, seed })
      if (asked !== newest) return
      if (wanted.digest !== '' && wanted.digest !== answer.digest) {
        throw new Error(text('learn.guess.changed', { seed }))
      }
      round.value = markRaw(answer)
      game.value = { ...wanted, digest: answer.digest }
    } catch (failure) {
      if (asked === newest) giveUp(failure)
    } finally {
      if (asked === newest) isDealing.value = false
    }
    if (asked === newest && game.value?.isRevealed === true) await reveal()
  }

  function giveUp(failure: unknown): void {
    // A connection that broke asks again by itself once it is back.
    if (failure instanceof ProtocolError && failure.code === 'connectionLost') return
    error.value = (failure as Error).message
    game.value = null
  }

  function vote(next: Vote): void {
    if (!game.value || phase.value !== 'playing' || hasAllVotes.value || isRevealing.value) return
    game.value = { ...game.value, votes: [...game.value.votes, next] }
  }

  function undo(): void {
    if (!game.value || phase.value !== 'playing' || isRevealing.value) return
    game.value = { ...game.value, votes: game.value.votes.slice(0, -1) }
  }

  /** Asks for the truth, where every filter has a vote. */
  async function reveal(): Promise<void> {
    const played = game.value
    if (!played || !hasAllVotes.value || isRevealing.value) return
    const asked = newest
    isRevealing.value = true
    error.value = undefined
    try {
      const { source, seed, digest } = played
      const answer = await connection
        .client()
        .request('guess.reveal', { source, seed, digest, votes: [...played.votes] })
      if (asked !== newest) return
      truth.value = markRaw(answer)
      game.value = { ...played, isRevealed: true }
    } catch (failure) {
      if (asked !== newest || (failure instanceof ProtocolError && failure.code === 'connectionLost')) return
      // The votes stay: what failed may be asked for again.
      error.value = (failure as Error).message
    } finally {
      isRevealing.value = false
    }
  }

  /** Deals of the same weights again. */
  async function dealAgain(seed: number): Promise<void> {
    if (game.value) await deal(game.value.source, game.value.title, seed)
  }

  /** Back to where a round is chosen. */
  function leave(): void {
    newest++
    isDealing.value = false
    game.value = null
    round.value = undefined
    truth.value = undefined
    error.value = undefined
  }

  // A window that was loaded again, or a new start of the engine: the round goes on where it was left.
  watch(
    () => connection.hostId,
    (hostId) => {
      if (hostId !== undefined && game.value && !round.value) void ask(game.value)
    },
    { immediate: true },
  )

  return {
    game,
    round,
    truth,
    error,
    cards,
    votes,
    hasAllVotes,
    isRevealing,
    phase,
    deal,
    vote,
    undo,
    reveal,
    dealAgain,
    leave,
  }
})

function isWhole({ source, title, seed, digest, votes, isRevealed }: Game): boolean {
  return (
    guessSourceSchema.safeParse(source).success &&
    voteSchema.array().safeParse(votes).success &&
    typeof title === 'string' &&
    Number.isInteger(seed) &&
    typeof digest === 'string' &&
    typeof isRevealed === 'boolean'
  )
}
