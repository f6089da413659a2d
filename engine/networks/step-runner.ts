import { type Graph, type Tensor, int64Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { ProviderName } from '../protocol/settings.ts'
import { lowerForProvider } from '../runtime/lowering/lower-for-provider.ts'
import { type RuntimeTensor, dispose, download } from '../runtime/runtime-tensor.ts'
import { RuntimeError, messageOf } from '../runtime/runtime-error.ts'
import { type Session, createSession } from '../runtime/session.ts'
import { allOf, fuseSteps, stateAfter, stateBefore, stepResults } from '../training/fuse-steps.ts'
import { type TrainingStep, mixedLabelInputs } from '../training/training-step.ts'

export interface StepBatch {
  /** uint8 [count, N, H, W, C]. */
  readonly pixels: Uint8Array
  /** int64 [count, N]. */
  readonly labels: BigInt64Array
  /** Where labels are mixed: the other class of each picture, int64 [count, N], and the share of its own, float32 [count, N]. */
  readonly mixed?: { readonly labels: BigInt64Array; readonly shares: Float32Array } | undefined
  /** How many steps. */
  readonly count: number
}

/** One number per step. */
export interface StepResults {
  readonly losses: Float32Array
  readonly corrects: Float32Array
  readonly learningRates: Float32Array
  /** Of all weights after the step: not finite where one of them is not. */
  readonly weightSums: Float32Array
}

/** Takes training steps on one provider and holds the state between them. */
export interface StepRunner {
  readonly provider: ProviderName
  /** Takes all steps of the batch, or where it throws RuntimeError, none. */
  run(batch: StepBatch, learningRate: number): Promise<StepResults>
  /**
   * Weights, moments and the step counter, or those of them named by `only`; the arrays are overwritten two runs
   * later. Throws RuntimeError where they cannot be read from the device.
   */
  state(only?: readonly string[]): Promise<ReadonlyMap<string, Tensor>>
  /** Goes back to the state before the last run, once. */
  undo(): void
  /** Goes on from this state instead; nothing can be undone then. */
  restore(state: ReadonlyMap<string, Tensor>): void
  release(): Promise<void>
}

/**
 * Loads the training step on `provider`, starting from `state`.
 * Where the provider can run ONNX's Loop, the K steps of a batch are one run; on WebGPU, which cannot, they are K runs
 * whose state stays on the device. Throws RuntimeError where the provider refuses the graph.
 */
export async function createStepRunner(
  step: TrainingStep,
  provider: ProviderName,
  threads: number,
  state: ReadonlyMap<string, Tensor>,
): Promise<StepRunner> {
  const lowered: TrainingStep = { ...step, graph: lowerForProvider(step.graph, provider) }
  return provider === 'webgpu'
    ? SingleStepRunner.create(lowered, provider, threads, state)
    : FusedStepRunner.create(lowered, provider, threads, state)
}

class FusedStepRunner implements StepRunner {
  readonly provider: ProviderName
  readonly #session: Session
  readonly #step: TrainingStep
  readonly #batchDims: readonly number[]
  #current: Map<string, Tensor>
  /** Written by the next run: two sets of buffers take turns, so that the state before a run survives it. */
  #other: Map<string, Tensor>

  private constructor(step: TrainingStep, session: Session, state: ReadonlyMap<string, Tensor>) {
    this.provider = session.provider
    this.#session = session
    this.#step = step
    this.#batchDims = pixelDims(step.graph)
    this.#current = copyState(step, state)
    this.#other = copyState(step, state)
  }

  static async create(
    step: TrainingStep,
    provider: ProviderName,
    threads: number,
    state: ReadonlyMap<string, Tensor>,
  ): Promise<FusedStepRunner> {
    const session = await createSession(writeModel({ graph: fuseSteps(step) }), { provider, threads })
    return new FusedStepRunner(step, session, state)
  }

  async run(batch: StepBatch, learningRate: number): Promise<StepResults> {
    const { count } = batch
    const feeds: Record<string, RuntimeTensor> = {
      stepCount: int64Tensor([], [count]),
      [allOf('pixels')]: { dataType: 'uint8', dims: [count, ...this.#batchDims], data: batch.pixels },
      ...labelFeeds(batch, [count, this.#batchDims[0] as number], allOf),
      learningRate: { dataType: 'float32', dims: [], data: Float32Array.of(learningRate) },
    }
    const into: Record<string, Tensor> = {}
    for (const { name } of this.#step.state) {
      feeds[stateBefore(name)] = this.#current.get(name) as Tensor
      into[stateAfter(name)] = this.#other.get(name) as Tensor
    }
    const results = await this.#session.run(feeds, { into })
    const swapped = this.#current
    this.#current = this.#other
    this.#other = swapped
    return {
      losses: floats(results[stepResults.loss]),
      corrects: floats(results[stepResults.correct]),
      learningRates: floats(results[stepResults.effectiveLearningRate]),
      weightSums: floats(results[stepResults.weightSum]),
    }
  }

  state(only = stateNames(this.#step)): Promise<ReadonlyMap<string, Tensor>> {
    return Promise.resolve(new Map(only.map((name) => [name, this.#current.get(name) as Tensor])))
  }

  undo(): void {
    const undone = this.#current
    this.#current = this.#other
    this.#other = undone
  }

  restore(state: ReadonlyMap<string, Tensor>): void {
    this.#current = copyState(this.#step, state)
    this.#other = copyState(this.#step, state)
  }

  release(): Promise<void> {
    return this.#session.release()
  }
}

class SingleStepRunner implements StepRunner {
  readonly provider: ProviderName
  readonly #session: Session
  readonly #step: TrainingStep
  readonly #batchDims: readonly number[]
  #current: ReadonlyMap<string, RuntimeTensor>
  /** Before the last run; undefined where there was none, or it was taken back. */
  #before: ReadonlyMap<string, RuntimeTensor> | undefined

  private constructor(step: TrainingStep, session: Session, state: ReadonlyMap<string, Tensor>) {
    this.provider = session.provider
    this.#session = session
    this.#step = step
    this.#batchDims = pixelDims(step.graph)
    this.#current = copyState(step, state)
  }

  static async create(
    step: TrainingStep,
    provider: ProviderName,
    threads: number,
    state: ReadonlyMap<string, Tensor>,
  ): Promise<SingleStepRunner> {
    const keepOnDevice = step.state.filter(({ initial }) => initial.dataType === 'float32').map(({ next }) => next)
    const session = await createSession(writeModel({ graph: step.graph }), { provider, threads, keepOnDevice })
    return new SingleStepRunner(step, session, state)
  }

  async run(batch: StepBatch, learningRate: number): Promise<StepResults> {
    const losses = new Float32Array(batch.count)
    const corrects = new Float32Array(batch.count)
    const learningRates = new Float32Array(batch.count)
    const weightSums = new Float32Array(batch.count)
    free(this.#before)
    this.#before = undefined
    const start = this.#current
    let state = start
    try {
      for (let index = 0; index < batch.count; index++) {
        const results = await this.#takeStep(state, batch, index, learningRate)
        if (state !== start) free(state)
        state = new Map(this.#step.state.map(({ name, next }) => [name, results[next] as RuntimeTensor]))
        losses[index] = floats(results['loss'])[0] as number
        corrects[index] = floats(results['correct'])[0] as number
        learningRates[index] = floats(results['effectiveLearningRate'])[0] as number
        weightSums[index] = floats(results['weightSum'])[0] as number
      }
    } catch (error) {
      if (state !== start) free(state)
      throw error
    }
    this.#before = start
    this.#current = state
    return { losses, corrects, learningRates, weightSums }
  }

  #takeStep(
    state: ReadonlyMap<string, RuntimeTensor>,
    batch: StepBatch,
    index: number,
    learningRate: number,
  ): Promise<Record<string, RuntimeTensor>> {
    const size = this.#batchDims[0] as number
    const one = stepsOfBatch(batch, index, index + 1, size)
    return this.#session.run({
      ...Object.fromEntries(state),
      pixels: { dataType: 'uint8', dims: this.#batchDims, data: one.pixels },
      ...labelFeeds(one, [size], (name) => name),
      learningRate: { dataType: 'float32', dims: [], data: Float32Array.of(learningRate) },
    })
  }

  async state(only = stateNames(this.#step)): Promise<ReadonlyMap<string, Tensor>> {
    try {
      const read = async (name: string) => [name, await download(this.#current.get(name) as RuntimeTensor)] as const
      return new Map(await Promise.all(only.map(read)))
    } catch (error) {
      const sentence = `The weights could not be read from the memory of the ${this.provider} device: ${messageOf(error)}.`
      throw new RuntimeError(this.provider, sentence, error)
    }
  }

  undo(): void {
    if (this.#before === undefined) throw new Error('There is no run to take back.')
    free(this.#current)
    this.#current = this.#before
    this.#before = undefined
  }

  restore(state: ReadonlyMap<string, Tensor>): void {
    free(this.#before)
    free(this.#current)
    this.#before = undefined
    this.#current = copyState(this.#step, state)
  }

  async release(): Promise<void> {
    free(this.#before)
    free(this.#current)
    await this.#session.release()
  }
}

/** Frees the device memory of a state. */
function free(state: ReadonlyMap<string, RuntimeTensor> | undefined): void {
  for (const tensor of state?.values() ?? []) dispose(tensor)
}

function stateNames(step: TrainingStep): string[] {
  return step.state.map(({ name }) => name)
}

function copyState(step: TrainingStep, state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    step.state.map(({ name, initial }) => {
      const { data, ...rest } = state.get(name) ?? initial
      if (!ArrayBuffer.isView(data)) throw new Error(`The state tensor "${name}" must hold numbers.`)
      return [name, { ...rest, data: data.slice() }] as const
    }),
  )
}

function pixelDims(graph: Graph): number[] {
  const dims = graph.inputs.find(({ name }) => name === 'pixels')?.type?.dims ?? []
  return dims.filter((size) => typeof size === 'number')
}

/** What a step is told of the classes of its pictures. */
function labelFeeds(
  { labels, mixed }: Pick<StepBatch, 'labels' | 'mixed'>,
  dims: readonly number[],
  nameOf: (name: string) => string,
): Record<string, Tensor> {
  return {
    [nameOf('labels')]: { dataType: 'int64', dims, data: labels },
    ...(mixed !== undefined && {
      [nameOf(mixedLabelInputs.labels)]: { dataType: 'int64', dims, data: mixed.labels },
      [nameOf(mixedLabelInputs.shares)]: { dataType: 'float32', dims, data: mixed.shares },
    }),
  }
}

/** Steps `from` to before `to` of a batch, of `batchSize` pictures each. */
export function stepsOfBatch(batch: StepBatch, from: number, to: number, batchSize: number): StepBatch {
  const bytes = batch.pixels.length / batch.count
  const { mixed } = batch
  const [first, end] = [from * batchSize, to * batchSize]
  return {
    pixels: batch.pixels.subarray(from * bytes, to * bytes),
    labels: batch.labels.subarray(first, end),
    mixed: mixed && { labels: mixed.labels.subarray(first, end), shares: mixed.shares.subarray(first, end) },
    count: to - from,
  }
}

function floats(tensor: RuntimeTensor | undefined): Float32Array {
  if (tensor !== undefined && 'data' in tensor && tensor.data instanceof Float32Array) return tensor.data
  throw new Error('The training step gave no float32 result.')
}
