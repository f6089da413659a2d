import { initialWeights } from '../../engine/architectures/initial-weights.ts'
import type { TrainedNetwork } from '../../engine/networks/trained-network.ts'
import { type Graph, type Node, type Tensor, float32Tensor, intAttribute } from '../../engine/onnx/graph.ts'
import { type RandomStream, randomStream } from '../../engine/random/stream.ts'

export interface ScratchOptions {
  readonly seed: number
  /** Puts a batch normalisation behind every convolution but the last: what a file had folded into its kernels. */
  readonly normalized: boolean
}

/**
 * The network of a file as if it had never been trained: kernels drawn with the variance 2 / fan-in (He et al. 2015),
 * biases 0, normalisations by each batch with scale 1 and shift 0, everything learning at the whole rate.
 */
export function fromScratch(network: TrainedNetwork, { seed, normalized }: ScratchOptions): TrainedNetwork {
  const graph = normalized ? withNormalizations(network.graph) : network.graph
  const initializers = new Map(graph.initializers)
  const learning = new Set(network.learningRateFactors.keys())
  for (const node of graph.nodes) {
    for (const [index, name] of node.inputs.entries()) {
      const tensor = initializers.get(name)
      if (tensor === undefined || !(learning.has(name) || node.opType === 'BatchNormalization')) continue
      initializers.set(name, freshValue(node, index, tensor, randomStream(seed, 'from scratch', name)))
      if (node.opType === 'BatchNormalization' && index <= 2) learning.add(name)
    }
  }
  const normalizations = graph.nodes.filter(({ opType }) => opType === 'BatchNormalization')
  return {
    ...network,
    graph: { ...graph, initializers },
    learningRateFactors: new Map([...learning].map((name) => [name, 1])),
    trainedNormalizations: new Set(normalizations.map(({ outputs }) => outputs[0] as string)),
  }
}

function freshValue(node: Node, input: number, { dims }: Tensor, stream: RandomStream): Tensor {
  // Scale and variance of a normalisation are 1, its shift and mean 0.
  if (node.opType === 'BatchNormalization') return constant(dims, input === 1 || input === 4 ? 1 : 0)
  if (dims.length === 1 || input === 2) return constant(dims, 0)
  const isTransposed = node.opType === 'MatMul' || (node.opType === 'Gemm' && intAttribute(node, 'transB', 0) === 0)
  const { data } = initialWeights(isTransposed ? dims.toReversed() : dims, 'heNormal', stream)
  return { dataType: 'float32', dims, data }
}

function constant(dims: readonly number[], value: number): Tensor {
  return float32Tensor(dims, new Float32Array(dims.reduce((product, size) => product * size, 1)).fill(value))
}

function withNormalizations(graph: Graph): Graph {
  const initializers = new Map(graph.initializers)
  const last = graph.nodes.findLast(({ opType }) => opType === 'Conv' || opType === 'Gemm')
  const nodes = graph.nodes.flatMap((node) => {
    if (node.opType !== 'Conv' || node === last) return [node]
    const [output] = node.outputs as readonly [string]
    const channels = initializers.get(node.inputs[1] ?? '')?.dims[0] as number
    const parameters = ['scale', 'shift', 'mean', 'variance'].map((part) => `${output}/${part}`)
    for (const name of parameters) initializers.set(name, constant([channels], 0))
    const convolved = `${output}/convolved`
    const normalization: Node = {
      opType: 'BatchNormalization',
      domain: '',
      name: output,
      inputs: [convolved, ...parameters],
      outputs: [output],
      attributes: {},
    }
    return [{ ...node, name: convolved, outputs: [convolved] }, normalization]
  })
  return { ...graph, nodes, initializers }
}
