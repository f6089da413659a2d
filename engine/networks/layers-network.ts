import {
  ArchitectureError,
  buildNetwork,
  buildNetworkWithHeads,
  type NetworkWithHeads,
} from '../architectures/build-network.ts'
import { describeArchitecture } from '../architectures/describe-architecture.ts'
import { gatherFacts } from '../models/graph-facts.ts'
import { findKernelLayers } from '../models/kernel-layers.ts'
import type { Graph, Tensor } from '../onnx/graph.ts'
import { readModel } from '../onnx/read-model.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { Architecture } from '../protocol/architecture.ts'
import type { DataSummary } from '../protocol/data.ts'
import type { TrainingSettings } from '../protocol/settings.ts'
import type { TrainedNetwork } from './trained-network.ts'
import { watchLayer } from './watch-layer.ts'

/** A list of layers with freshly drawn weights, or with those of the file `source`. Throws ArchitectureError or ModelError. */
export function buildLayersNetwork(
  architecture: Architecture,
  training: TrainingSettings,
  data: DataSummary,
  source?: Uint8Array,
): TrainedNetwork {
  const { width, height, channels } = data.image
  const input = { width, height, channels, classes: data.classes.length }
  const fresh = buildNetwork(architecture, input, data, training.initializer, training.seed)
  const graph = source === undefined ? fresh : withWeightsOf(fresh, readModel(source).graph)
  const withHeads = architecture.heads && buildWithHeads(architecture, training, data, graph)
  const trained = withHeads?.graph ?? graph
  const description = describeArchitecture(architecture, input)
  const facts = gatherFacts(graph)
  const weights = [...trained.initializers.keys()].filter((name) => /\.(weight|bias)$/.test(name))
  return {
    graph,
    ...(withHeads && { withHeads }),
    learningRateFactors: new Map(weights.map((name) => [name, 1])),
    trainedNormalizations: new Set(
      trained.nodes.filter(({ opType }) => opType === 'BatchNormalization').map(({ outputs }) => outputs[0] ?? ''),
    ),
    watchedLayers: findKernelLayers(facts).map((layer) =>
      watchLayer(layer.node.outputs[0] ?? '', layer, graph, facts.types),
    ),
    activationLayers: description.layers.map(({ name, kind, outputShape }) => ({ name, kind, shape: outputShape })),
    description,
    encode(state: ReadonlyMap<string, Tensor>) {
      const initializers = new Map([...graph.initializers].map(([name, tensor]) => [name, state.get(name) ?? tensor]))
      return writeModel({ graph: { ...graph, initializers }, metadata: metadata(data) })
    },
  }
}

/** With freshly drawn heads, as no file holds any, on the weights that `graph` has. */
function buildWithHeads(
  architecture: Architecture,
  { initializer, seed }: TrainingSettings,
  data: DataSummary,
  graph: Graph,
): NetworkWithHeads {
  const input = { ...data.image, classes: data.classes.length }
  const { graph: fresh, heads } = buildNetworkWithHeads(architecture, input, data, initializer, seed)
  return { graph: { ...fresh, initializers: new Map([...fresh.initializers, ...graph.initializers]) }, heads }
}

function withWeightsOf(graph: Graph, source: Graph): Graph {
  const initializers = new Map(graph.initializers)
  for (const [name, { dims }] of graph.initializers) {
    const own = source.initializers.get(name)
    if (own?.dims.join() !== dims.join()) {
      throw new ArchitectureError(
        `The network that the run begins from has '${name}' as [${own?.dims.join(', ') ?? ''}], and its layers ask for [${dims.join(', ')}].`,
      )
    }
    initializers.set(name, own)
  }
  return { ...graph, initializers }
}

/** What somebody who opens the file elsewhere needs to know. */
function metadata(data: DataSummary): Record<string, string> {
  return {
    classes: JSON.stringify(data.classes.map(({ name }) => name)),
    preprocessing: `Feed pixels as they are, 0 to 255, as float32 [batch, channels, height, width]; resize by ${data.image.fit}. Normalisation is part of the graph.`,
  }
}
