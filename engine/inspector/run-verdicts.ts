import { type DistanceFromBirth, type FilterReasons, type VerdictLook, VERDICT_LETTERS } from '../protocol/verdicts.ts'
import { appendLook } from '../runs/verdict-file.ts'
import { type JudgedLayer, type LayerJudge, describeReasons } from './layer-judge.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'
import type { RunNetwork } from './run-network.ts'

/** Those of one large network at one step, or of a small one at several. */
const LAYERS_KEPT = 128

/** Judges the filters of runs at kept steps. */
export class RunVerdicts {
  readonly #judge: LayerJudge
  readonly #judged = new LeastRecentlyUsed<string, Promise<JudgedLayer>>(LAYERS_KEPT)

  constructor(judge: LayerJudge) {
    this.#judge = judge
  }

  /** Looks at all layers at once, and keeps what it found in the run's folder. Throws RunError where the step is not kept. */
  async look(network: RunNetwork, step: number): Promise<VerdictLook> {
    const layers: VerdictLook['layers'][number][] = []
    for (const name of network.kernelLayers) {
      const { judgement } = await this.judge(network, name, step)
      const { verdict, p, filters } = judgement
      layers.push({ name, verdict, p, filters: filters.map((filter) => VERDICT_LETTERS[filter.verdict]).join('') })
    }
    const look = { step, layers }
    // A run that cannot be written to, on a disk that is read only, can be looked at all the same.
    await appendLook(network.folder.path, look).catch((error: unknown) => {
      console.error(`The verdicts of step ${step} could not be kept in ${network.folder.path}: ${String(error)}`)
    })
    return look
  }

  /** Throws RunError where the step is not kept, InspectionError where the layer has no kernels. */
  async judge(network: RunNetwork, layer: string, step: number): Promise<JudgedLayer> {
    const key = [network.folder.path, layer, step, await network.folder.snapshotVersion(step)].join('\n')
    const known = this.#judged.get(key)
    if (known !== undefined) return known
    const judging = this.#judgeNow(network, layer, step)
    this.#judged.set(key, judging)
    judging.catch(() => this.#judged.delete(key))
    return judging
  }

  /** Why a filter has its verdict, and how far it came from its birth. Throws as `judge` does. */
  async reasons(network: RunNetwork, layer: string, step: number, filter: number): Promise<FilterReasons> {
    const reasons = describeReasons(await this.judge(network, layer, step), filter)
    const [birth, now] = [await network.kernels(layer, 0), await network.kernels(layer, step)]
    const length = now.data.length / (now.dims[0] ?? 1)
    const rowOf = (values: Float32Array) => values.subarray(filter * length, (filter + 1) * length)
    const sinceBirth = distanceFromBirth(rowOf(birth.data), rowOf(now.data))
    return { ...reasons, ...(sinceBirth !== undefined && { sinceBirth }) }
  }

  async #judgeNow(network: RunNetwork, layer: string, step: number): Promise<JudgedLayer> {
    const { dims, data } = await network.kernels(layer, step)
    const [filters = 0, channels = 0, height = 0, width = 0] = dims
    const gains = await network.gains(layer, step)
    const shape = [filters, channels, height, width] as const
    const weights = { shape, values: data, ...(gains !== undefined && { gains }) }
    if (step === 0 || layer !== network.firstConvolution) return this.#judge.judge(weights)
    return this.#judge.judgeSinceBirth(weights, { shape, values: (await network.kernels(layer, 0)).data })
  }
}

/** Undefined where the filter is or was nothing, or no number. */
export function distanceFromBirth(birth: Float32Array, now: Float32Array): DistanceFromBirth | undefined {
  let [inner, before, after, moved, flips] = [0, 0, 0, 0, 0]
  birth.forEach((from, index) => {
    const to = now[index] as number
    inner += from * to
    before += from ** 2
    after += to ** 2
    moved += (to - from) ** 2
    if (Math.sign(from) !== Math.sign(to)) flips++
  })
  const scale = Math.sqrt(before * after)
  if (!(scale > 0) || !Number.isFinite(scale)) return undefined
  return { rotation: 1 - inner / scale, distance: Math.sqrt(moved / before), signFlips: flips / birth.length }
}
