import { type MaskedAnswers, estimateKnee } from '../../filters/width/knee.ts'
import { type AblationCurve, type FilterOrder, KNEE_SHARE } from '../../protocol/advice.ts'
import { randomStream } from '../../random/stream.ts'
import { type AblationPlan, greedyRounds } from './ablation-plan.ts'
import type { MaskedNetwork, MaskedOutcome } from './masked-network.ts'

/** Awaited before every look at a batch; throws where the work is to end. */
export type Breathe = (stage: string) => Promise<void>

/** One layer's filters being masked, in whatever order. */
export class Ablation {
  readonly #network: MaskedNetwork
  readonly #labels: Uint16Array
  readonly #plan: AblationPlan
  readonly #seed: number
  readonly #breathe: Breathe
  /** By the filters kept: all orders begin and end with the same. */
  readonly #known = new Map<string, MaskedOutcome>()

  constructor(network: MaskedNetwork, labels: Uint16Array, plan: AblationPlan, seed: number, breathe: Breathe) {
    this.#network = network
    this.#labels = labels
    this.#plan = plan
    this.#seed = seed
    this.#breathe = breathe
  }

  /** The curve of a ranking, the most useful filter first. */
  async curve(order: FilterOrder, ranking: readonly number[]): Promise<AblationCurve> {
    const answers = new Map<number, MaskedAnswers>()
    const measure = async (kept: number) => {
      const { correct } = await this.#answer(ranking.slice(0, kept), this.#labels, 'Masking filters')
      answers.set(kept, { kept, correct })
    }
    for (const kept of this.#plan.kept) await measure(kept)
    const ascending = () => [...answers.values()].sort((one, other) => one.kept - other.kept)
    // Where some numbers were passed over, the knee is looked for between the two that hold it.
    for (;;) {
      const sorted = ascending()
      const full = sorted.at(-1)
      const needed = KNEE_SHARE * total(full?.correct)
      const at = sorted.findIndex(({ correct }) => total(correct) >= needed)
      const [below, above] = [sorted[at - 1]?.kept, sorted[at]?.kept]
      if (below === undefined || above === undefined || above - below < 2) break
      await measure(Math.floor((below + above) / 2))
    }
    const sorted = ascending()
    const points = sorted.map(({ kept, correct }) => ({ kept, accuracy: total(correct) / correct.length }))
    return { order, ranking, points, knee: estimateKnee(sorted, randomStream(this.#seed, 'knee', order)) }
  }

  /**
   * A ranking that is found by masking: of the filters that are left, those that a first ranking calls least useful are
   * masked one by one, and those go whose loss the network feels least. While more filters are left than the plan
   * affords to try, they go as the first ranking says. Undefined where nothing can be tried.
   */
  async greedyRanking(first: readonly number[]): Promise<number[] | undefined> {
    const { greedy, kept, batch } = this.#plan
    if (greedy === undefined) return undefined
    const labels = this.#labels.subarray(0, greedy.batches * batch)
    let left = [...first]
    const dropped: number[] = []
    for (const { tried, going } of greedyRounds(kept, greedy)) {
      const losses: { readonly filter: number; readonly loss: number }[] = []
      for (const filter of left.slice(left.length - tried)) {
        const others = left.filter((other) => other !== filter)
        losses.push({ filter, loss: (await this.#answer(others, labels, 'Trying filters for the greedy order')).loss })
      }
      const found = losses.sort((one, other) => one.loss - other.loss).map(({ filter }) => filter)
      const least = tried === 0 ? left.toReversed() : found
      dropped.push(...least.slice(0, going))
      left = left.filter((filter) => !dropped.includes(filter))
    }
    return dropped.toReversed()
  }

  async #answer(kept: readonly number[], labels: Uint16Array, stage: string): Promise<MaskedOutcome> {
    const key = `${labels.length} ${[...kept].sort((one, other) => one - other).join()}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const outcome = await this.#network.answer(kept, labels, () => this.#breathe(stage))
    this.#known.set(key, outcome)
    return outcome
  }
}

function total(correct: Uint8Array | undefined): number {
  return (correct ?? new Uint8Array(0)).reduce((sum, one) => sum + one, 0)
}
