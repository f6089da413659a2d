import type { Samples } from '../datasets/dataset.ts'
import type { Graph, Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { ImageDims } from './prepare-run.ts'
import { type Session, createSession } from '../runtime/session.ts'
import { buildEvaluation } from '../training/evaluation.ts'
import type { LossKind } from '../training/loss.ts'

export interface Evaluation {
  readonly loss: number
  /** 0–1. */
  readonly accuracy: number
}

/**
 * Pictures at once: as many as this where they are small, and fewer large ones, whose maps would fill the memory. More
 * are no faster: with 256 at once LeNet took as long, and its evaluation needed more memory than its training.
 */
const mostPictures = 64
const mostBytes = 4 * 1024 * 1024

/** Measures loss and accuracy of weights on whole splits, in inference form, on the CPU. */
export class Evaluator {
  readonly #session: Session
  readonly #imageDims: ImageDims
  readonly #weights: readonly string[]
  readonly #classWeights: readonly number[] | undefined

  private constructor(
    session: Session,
    imageDims: ImageDims,
    weights: readonly string[],
    classWeights: readonly number[] | undefined,
  ) {
    this.#session = session
    this.#imageDims = imageDims
    this.#weights = weights
    this.#classWeights = classWeights
  }

  static async create(
    network: Graph,
    weights: readonly string[],
    imageDims: ImageDims,
    classes: number,
    loss: LossKind,
    threads: number,
    classWeights?: readonly number[],
  ): Promise<Evaluator> {
    const graph = buildEvaluation(network, weights, imageDims, classes, loss, [], classWeights)
    const session = await createSession(writeModel({ graph }), { provider: 'cpu', threads })
    return new Evaluator(session, imageDims, weights, classWeights)
  }

  /** `breathe` is awaited between batches, so that the process keeps answering. */
  async evaluate(
    samples: Samples,
    state: ReadonlyMap<string, Tensor>,
    breathe: () => Promise<void>,
  ): Promise<Evaluation> {
    const weights = Object.fromEntries(this.#weights.map((name) => [name, state.get(name) as Tensor]))
    const [height, width, channels] = this.#imageDims
    const pictureBytes = height * width * channels
    const batchSize = Math.min(mostPictures, Math.max(1, Math.floor(mostBytes / pictureBytes)))
    const pixels = new Uint8Array(batchSize * pictureBytes)
    let lossSum = 0
    let weightSum = 0
    let correct = 0
    for (let start = 0; start < samples.count; start += batchSize) {
      const count = Math.min(batchSize, samples.count - start)
      const indices = Uint32Array.from({ length: count }, (_, offset) => start + offset)
      const target = pixels.subarray(0, count * pictureBytes)
      await samples.read(indices, target)
      const labels = BigInt64Array.from(samples.labels.subarray(start, start + count), BigInt)
      const results = await this.#session.run({
        ...weights,
        pixels: { dataType: 'uint8', dims: [count, height, width, channels], data: target },
        labels: { dataType: 'int64', dims: [count], data: labels },
      })
      const weight = this.#weightOf(samples.labels.subarray(start, start + count))
      lossSum += weight * scalar(results['loss'])
      weightSum += weight
      correct += scalar(results['correct'])
      await breathe()
    }
    return { loss: lossSum / weightSum, accuracy: correct / samples.count }
  }

  /** How much pictures of these classes count: each as one, where classes have no weights. */
  #weightOf(labels: Uint16Array): number {
    const weights = this.#classWeights
    return weights === undefined ? labels.length : labels.reduce((sum, label) => sum + (weights[label] as number), 0)
  }

  release(): Promise<void> {
    return this.#session.release()
  }
}

function scalar(tensor: unknown): number {
  const data = (tensor as Tensor | undefined)?.data
  if (data instanceof Float32Array) return data[0] ?? Number.NaN
  throw new Error('The evaluation gave no float32 result.')
}
