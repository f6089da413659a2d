import { type MaskedAnswers, estimateKnee } from '../../filters/width/knee.ts'
import { type AblationCurve, type FilterOrder, KNEE_SHARE } from '../../protocol/advice.ts'
import { randomStream } from '../../random/stream.ts'
import type { AblationPlan } from './ablation-plan.ts'
import type { MaskedNetwork, MaskedOutcome } from './masked-network.ts'

/** Awaited before every look at the network; throws where the work is to end. */
export type Breathe = () => Promise<void>

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
      const { correct } = await this.#answer(ranking.slice(0, kept), this.#labels)
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
   * masked one by one, and those go whose loss the network feels least.
   */
  async greedyRanking(first: readonly number[]): Promise<number[] | undefined> {
    const { greedy, kept: counts, batch } = this.#plan
    if (greedy === undefined) return undefined
    const labels = this.#labels.subarray(0, greedy.batches * batch)
    let left = [...first]
    const dropped: number[] = []
    for (const target of counts.toReversed().slice(1)) {
      const count = left.length - target
      const candidates = left.slice(-Math.max(greedy.candidates, 2 * count))
      const losses: { readonly filter: number; readonly loss: number }[] = []
      for (const filter of candidates) {
        const { loss } = await this.#answer(
          left.filter((other) => other !== filter),
          labels,
        )
        losses.push({ filter, loss })
      }
      const going = losses.sort((one, other) => one.loss - other.loss).slice(0, count)
      for (const { filter } of going) dropped.push(filter)
      left = left.filter((filter) => !dropped.includes(filter))
    }
    return dropped.toReversed()
  }

  async #answer(kept: readonly number[], labels: Uint16Array): Promise<MaskedOutcome> {
    const key = `${labels.length} ${[...kept].sort((one, other) => one - other).join()}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    await this.#breathe()
    const outcome = await this.#network.answer(kept, labels)
    this.#known.set(key, outcome)
    return outcome
  }
}

function total(correct: Uint8Array | undefined): number {
  return (correct ?? new Uint8Array(0)).reduce((sum, one) => sum + one, 0)
}
