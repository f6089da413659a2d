import type { Samples } from '../../datasets/dataset.ts'
import { pixelsName } from '../../fine-tuning/response-graph.ts'
import type { GraphFacts } from '../../models/graph-facts.ts'
import { float32Tensor, type Tensor } from '../../onnx/graph.ts'
import { writeModel } from '../../onnx/write-model.ts'
import type { RuntimeTensor } from '../../runtime/runtime-tensor.ts'
import { type Session, createSession } from '../../runtime/session.ts'
import type { FilterTrace } from '../../resizing/filter-trace.ts'
import { type MaskedGraphs, buildMaskedGraphs, maskName } from '../../resizing/masked-graphs.ts'

/** What the second part of the network reads, for one batch of pictures. */
export type Crossing = Readonly<Record<string, RuntimeTensor>>

/** What a masked network says of pictures. */
export interface MaskedOutcome {
  /** 1 where the largest score is that of the label. */
  readonly correct: Uint8Array
  /** The mean of −log of the softmax at the label. */
  readonly loss: number
}

/** The first part of a network, which is computed once: it hands on what the second part reads. */
export class LowerNetwork {
  readonly #session: Session
  readonly #graphs: MaskedGraphs
  readonly #output: string

  private constructor(session: Session, graphs: MaskedGraphs, output: string) {
    this.#session = session
    this.#graphs = graphs
    this.#output = output
  }

  static async create(graphs: MaskedGraphs, output: string): Promise<LowerNetwork> {
    return new LowerNetwork(
      await createSession(writeModel({ graph: graphs.lower }), { provider: 'cpu' }),
      graphs,
      output,
    )
  }

  /** Also gives what the layer itself gives: float32, as the layer's node does. */
  async read(
    samples: Samples,
    indices: Uint32Array,
  ): Promise<{ readonly crossing: Crossing; readonly output: Tensor }> {
    const pixels = new Uint8Array(indices.length * samples.pictureBytes)
    await samples.read(indices, pixels)
    const dims = this.#graphs.lower.inputs[0]?.type?.dims.map(Number) ?? []
    const results = await this.#session.run({ [pixelsName]: { dataType: 'uint8', dims, data: pixels } })
    const crossing = Object.fromEntries(this.#graphs.crossing.map((name) => [name, results[name] as RuntimeTensor]))
    return { crossing, output: results[this.#output] as Tensor }
  }

  release(): Promise<void> {
    return this.#session.release()
  }
}

/** The second part of a network, with filters of one layer masked, for pictures whose first part was computed before. */
export class MaskedNetwork {
  readonly #session: Session
  readonly #batches: readonly Crossing[]
  readonly #scores: string
  readonly #filters: number

  private constructor(session: Session, batches: readonly Crossing[], scores: string, filters: number) {
    this.#session = session
    this.#batches = batches
    this.#scores = scores
    this.#filters = filters
  }

  static async create(
    trace: FilterTrace,
    facts: GraphFacts,
    scores: string,
    batches: readonly Crossing[],
  ): Promise<MaskedNetwork> {
    const { upper } = buildMaskedGraphs(trace, facts, scores, 1)
    const session = await createSession(writeModel({ graph: upper }), { provider: 'cpu' })
    return new MaskedNetwork(session, batches, scores, trace.filters)
  }

  /**
   * With all filters but `kept` masked, on the first pictures, as many as there are labels. `breathe` is awaited before
   * each batch; what it throws ends the work.
   */
  async answer(kept: Iterable<number>, labels: Uint16Array, breathe: () => Promise<void>): Promise<MaskedOutcome> {
    const mask = this.#mask(kept)
    const correct = new Uint8Array(labels.length)
    let [start, loss] = [0, 0]
    for (const crossing of this.#batches) {
      if (start >= labels.length) break
      await breathe()
      const scores = await this.#run(crossing, mask)
      const count = scores.dims[0] as number
      const part = outcome(scores, labels.subarray(start, start + count))
      correct.set(part.correct, start)
      loss += part.loss * count
      start += count
    }
    return { correct, loss: loss / labels.length }
  }

  /** For which class the network takes each picture with no filter masked. `breathe` is awaited before each batch. */
  async takenFor(breathe: () => Promise<void>): Promise<Uint16Array> {
    const mask = this.#mask(Array.from({ length: this.#filters }, (_, filter) => filter))
    const taken: number[] = []
    for (const crossing of this.#batches) {
      await breathe()
      const { data, dims } = await this.#run(crossing, mask)
      const classes = data.length / (dims[0] as number)
      for (let at = 0; at < data.length; at += classes) {
        taken.push(largestIndex((data as Float32Array).subarray(at, at + classes)))
      }
    }
    return Uint16Array.from(taken)
  }

  #mask(kept: Iterable<number>): Tensor {
    const mask = new Float32Array(this.#filters)
    for (const filter of kept) mask[filter] = 1
    return float32Tensor([1, this.#filters], mask)
  }

  async #run(crossing: Crossing, mask: Tensor): Promise<Tensor> {
    const results = await this.#session.run({ ...crossing, [maskName]: mask })
    return results[this.#scores] as Tensor
  }

  release(): Promise<void> {
    return this.#session.release()
  }
}

function outcome(scores: Tensor, labels: Uint16Array): MaskedOutcome {
  const data = scores.data as Float32Array
  const classes = data.length / labels.length
  const correct = new Uint8Array(labels.length)
  let loss = 0
  for (const [picture, label] of labels.entries()) {
    const own = data.subarray(picture * classes, (picture + 1) * classes)
    const best = largestIndex(own)
    correct[picture] = best === label ? 1 : 0
    const largest = own[best] as number
    const sum = own.reduce((total, score) => total + Math.exp(score - largest), 0)
    loss += Math.log(sum) + largest - (own[label] as number)
  }
  return { correct, loss: loss / labels.length }
}

function largestIndex(scores: Float32Array): number {
  let best = 0
  for (let index = 1; index < scores.length; index++) {
    if ((scores[index] as number) > (scores[best] as number)) best = index
  }
  return best
}
