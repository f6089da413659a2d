import { Constants } from '../models/constants.ts'
import { filterGains } from '../models/filter-gains.ts'
import { type GraphFacts, gatherFacts } from '../models/graph-facts.ts'
import { type KernelLayer, findKernelLayers } from '../models/kernel-layers.ts'
import { readKernels } from '../models/read-kernels.ts'
import { type Graph, type Tensor, elementCount, float32Tensor } from '../onnx/graph.ts'
import { readModel } from '../onnx/read-model.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { FloatTensor } from '../protocol/runs.ts'
import { type RunFolder, openRunFolder } from '../runs/run-folder.ts'
import { type Session, createSession } from '../runtime/session.ts'
import { InspectionError } from './inspection-error.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'

const LOGITS = 'logits'

/** One picture through a small network: more threads would only take them from the training. */
const THREADS = 1

const SNAPSHOTS_KEPT = 4

/** What the network makes of one picture with the weights of one step. */
export interface Forward {
  readonly step: number
  /** float32 [C, H, W] or [units]. */
  readonly maps: Tensor
  /** float32 [classes]. */
  readonly logits: Float32Array
}

/**
 * The network of a run, ready to look at: every layer is an output and the weights are inputs, so that one session
 * serves every layer and every step.
 */
export class RunNetwork {
  readonly folder: RunFolder
  readonly #graph: Graph
  readonly #session: Session
  /** The weights that are fed, as they were at birth: what stays as it is, later snapshots leave out. */
  readonly #born: ReadonlyMap<string, Tensor>
  #gatheredFacts: GraphFacts | undefined
  readonly #snapshots = new LeastRecentlyUsed<string, ReadonlyMap<string, Tensor>>(SNAPSHOTS_KEPT)

  private constructor(folder: RunFolder, graph: Graph, session: Session, born: ReadonlyMap<string, Tensor>) {
    this.folder = folder
    this.#graph = graph
    this.#session = session
    this.#born = born
  }

  /** Throws RunError where `path` is no run, InspectionError where it has kept no weights yet. */
  static async open(path: string): Promise<RunNetwork> {
    const folder = await openRunFolder(path)
    const [firstStep] = await folder.snapshotSteps()
    if (firstStep === undefined) throw noWeights(path)
    const snapshot = await folder.readSnapshot(firstStep)
    const { graph } = readModel(await folder.readModel('initial'))
    const born = new Map([...graph.initializers].filter(([name]) => snapshot.has(name)))
    const model = writeModel({ graph: openForLooking(graph, [...born.keys()], await layerNames(folder)) })
    const session = await createSession(model, { provider: 'cpu', threads: THREADS })
    return new RunNetwork(folder, graph, session, born)
  }

  /** [C, H, W] of the pictures the network takes. */
  get inputDims(): readonly [number, number, number] {
    const [, channels, height, width] = this.#graph.inputs[0]?.type?.dims ?? []
    return [Number(channels), Number(height), Number(width)]
  }

  /**
   * Runs one picture, uint8 [H, W, C], through the network with the weights of `step` (the newest kept where undefined)
   * and gives the output of `layer`. Throws RunError where that step is not kept, InspectionError for another layer.
   */
  async forward(pixels: Uint8Array, layer: string, step: number | undefined): Promise<Forward> {
    if (!this.#session.outputNames.includes(layer)) {
      const known = this.#session.outputNames.filter((name) => name !== LOGITS).join(', ')
      throw new InspectionError('notFound', `This network has no layer “${layer}”; its layers are ${known}.`)
    }
    const usedStep = step ?? (await this.#newestStep())
    const weights = await this.#weightsAt(usedStep)
    const feeds = Object.fromEntries([...this.#born].map(([name, birth]) => [name, weights.get(name) ?? birth]))
    const image = float32Tensor([1, ...this.inputDims], channelsFirst(pixels, this.inputDims))
    const results = await this.#session.run({ ...feeds, image }, { only: [...new Set([layer, LOGITS])] })
    const maps = results[layer] as Tensor
    return {
      step: usedStep,
      maps: { ...maps, dims: maps.dims.slice(1) },
      logits: (results[LOGITS] as Tensor).data as Float32Array,
    }
  }

  /**
   * float32 [F, C, kH, kW] of a layer at a kept step. Throws RunError where that step is not kept, InspectionError where
   * the layer has no kernels.
   */
  async kernels(layer: string, step: number): Promise<FloatTensor> {
    const found = this.#layerNamed(layer)
    return { dims: found.shape, data: readKernels(found, (await this.#factsAt(step)).constants) }
  }

  /**
   * What a batch normalisation behind the layer multiplies each filter by at a kept step; undefined where there is none.
   * Throws as `kernels` does.
   */
  async gains(layer: string, step: number): Promise<Float64Array | undefined> {
    return filterGains(this.#layerNamed(layer), await this.#factsAt(step))
  }

  #layerNamed(layer: string): KernelLayer {
    const found = findKernelLayers(this.#facts).find(({ node }) => node.outputs[0] === layer)
    if (found !== undefined) return found
    throw new InspectionError('notFound', `This network has no layer “${layer}” with kernels.`)
  }

  /** With the weights and running statistics of a kept step. */
  async #factsAt(step: number): Promise<GraphFacts> {
    return { ...this.#facts, constants: new Constants(await this.graphAt(step), this.#facts.types) }
  }

  /** The network with the weights of a kept step. Throws RunError where that step is not kept. */
  async graphAt(step: number): Promise<Graph> {
    return { ...this.#graph, initializers: await this.#initializersAt(step) }
  }

  async #initializersAt(step: number): Promise<Graph['initializers']> {
    const weights = await this.#weightsAt(step)
    return new Map([...this.#graph.initializers].map(([name, birth]) => [name, weights.get(name) ?? birth]))
  }

  /** The layers with kernels, in the order of computation. */
  get kernelLayers(): readonly string[] {
    return findKernelLayers(this.#facts).map(({ node }) => node.outputs[0] as string)
  }

  /** The convolution that reads the pictures before any other layer with kernels does; undefined where another kind comes first. */
  get firstConvolution(): string | undefined {
    const [first] = findKernelLayers(this.#facts)
    const [, , height = 1, width = 1] = first?.shape ?? []
    return first?.node.opType === 'Conv' && height * width > 1 ? first.node.outputs[0] : undefined
  }

  get #facts(): GraphFacts {
    return (this.#gatheredFacts ??= gatherFacts(this.#graph))
  }

  release(): Promise<void> {
    return this.#session.release()
  }

  async #newestStep(): Promise<number> {
    const newest = (await this.folder.snapshotSteps()).at(-1)
    if (newest === undefined) throw noWeights(this.folder.path)
    return newest
  }

  async #weightsAt(step: number): Promise<ReadonlyMap<string, Tensor>> {
    const key = `${step} ${await this.folder.snapshotVersion(step)}`
    const known = this.#snapshots.get(key)
    if (known !== undefined) return known
    const weights = await this.folder.readSnapshot(step)
    this.#snapshots.set(key, weights)
    return weights
  }
}

function noWeights(path: string): InspectionError {
  return new InspectionError('notFound', `${path} has kept no weights yet; wait until its training has begun.`)
}

/** Of what can be looked at: each is the name of the tensor that the layer gives. */
async function layerNames(folder: RunFolder): Promise<readonly string[]> {
  const { network } = folder.settings
  if (network.kind === 'layers') return network.architecture.layers.map((layer) => layer.name)
  return (await folder.description())?.activationLayers.map(({ name }) => name) ?? []
}

function openForLooking(graph: Graph, weightNames: readonly string[], layers: readonly string[]): Graph {
  const weights = new Set(weightNames)
  const weightInputs = weightNames.map((name) => {
    const { dataType, dims } = graph.initializers.get(name) as Tensor
    return { name, type: { dataType, dims } }
  })
  const given = new Set(graph.outputs.map((output) => output.name))
  const computed = new Set(graph.nodes.flatMap((node) => node.outputs))
  const looked = layers.filter((name) => computed.has(name) && !given.has(name))
  return {
    ...graph,
    inputs: [...graph.inputs, ...weightInputs],
    outputs: [...graph.outputs, ...looked.map((name) => ({ name, type: undefined }))],
    initializers: new Map([...graph.initializers].filter(([name]) => !weights.has(name))),
  }
}

/** uint8 [H, W, C] as float32 [C, H, W], still 0–255: the network itself normalises. */
function channelsFirst(pixels: Uint8Array, [channels, height, width]: readonly [number, number, number]): Float32Array {
  const area = height * width
  const planes = new Float32Array(elementCount([channels, height, width]))
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < area; pixel++) {
      planes[channel * area + pixel] = pixels[pixel * channels + channel] as number
    }
  }
  return planes
}

/** Softmax, with the largest logit taken out first so that nothing overflows. */
export function softmax(logits: Float32Array): number[] {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity)
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}
