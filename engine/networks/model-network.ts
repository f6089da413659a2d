import { type ImportedLayer, type ImportedNetwork, importNetwork } from '../fine-tuning/import-network.ts'
import { editModelFile } from '../onnx/edit-model-file.ts'
import type { Tensor } from '../onnx/graph.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import { readModel } from '../onnx/read-model.ts'
import type { LayerDescription } from '../protocol/architecture.ts'
import type { DataSummary } from '../protocol/data.ts'
import type { ModelNetworkSettings } from '../protocol/network.ts'
import type { TrainingSettings } from '../protocol/settings.ts'
import { batchSymbol } from '../fine-tuning/free-batch.ts'
import type { TrainedNetwork } from './trained-network.ts'
import { watchLayer } from './watch-layer.ts'

/** The network of a model file, `source`, as it is trained on. Throws ModelError or FineTuningError. */
export function buildModelNetwork(
  settings: ModelNetworkSettings,
  training: TrainingSettings,
  data: DataSummary,
  source: Uint8Array,
): TrainedNetwork {
  const file = { path: settings.path, model: readModel(source), byteLength: source.length }
  const { initializer, seed } = training
  const options = { image: data.image, classes: data.classes.length, initializer, seed }
  const imported = importNetwork(file, settings, options)
  const types = inferShapes(imported.graph)
  const layers = imported.layers.map(({ layer }) => describeLayer(layer))
  const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
  return {
    graph: imported.graph,
    learningRateFactors: new Map(
      imported.parameters.map((parameter) => [parameter.name, parameter.learningRateFactor]),
    ),
    trainedNormalizations: new Set(imported.normalizations.map(({ output }) => output)),
    watchedLayers: imported.layers.map(({ layer, kernels }) => watchLayer(layer.name, kernels, imported.graph, types)),
    activationLayers: layers.map(({ name, outputShape }, index) => {
      return { name, kind: imported.layers[index]?.layer.operator ?? '', shape: outputShape }
    }),
    description: {
      layers,
      parameters: total(layers.map(({ parameters }) => parameters)),
      multiplyAdds: total(layers.map(({ multiplyAdds }) => multiplyAdds)),
    },
    encode: (state) => encode(source, imported, settings, data, state),
  }
}

function describeLayer(layer: ImportedLayer['layer']): LayerDescription {
  const isConvolution = layer.operator === 'Conv' || layer.operator === 'ConvTranspose'
  return {
    name: layer.name,
    kind: isConvolution ? 'conv' : 'fullyConnected',
    outputShape: (layer.outputShape ?? []).slice(1).map(Number),
    parameters: layer.parameters,
    parameterFormula: layer.parameterFormula,
    multiplyAdds: layer.multiplyAdds ?? 0,
  }
}

/** The file the network came from with what has changed since: weights, the head, the free batch size, the classes. */
function encode(
  source: Uint8Array,
  imported: ImportedNetwork,
  settings: ModelNetworkSettings,
  data: DataSummary,
  state: ReadonlyMap<string, Tensor>,
): Uint8Array {
  const fileNameOf = (name: string) => imported.fileNames.get(name) ?? name
  const learnt = [...state].filter(([name]) => imported.graph.initializers.has(name))
  return editModelFile(source, {
    inFloat32: imported.isConverted,
    values: new Map([...imported.freshValues, ...learnt.map(([name, value]) => [fileNameOf(name), value] as const)]),
    targetShapes: imported.targetShapes,
    input: { name: imported.input.name, batch: batchSymbol },
    output: { name: imported.logits.output, batch: batchSymbol, classes: data.classes.length },
    metadata: {
      classes: JSON.stringify(data.classes.map(({ name }) => name)),
      preprocessing: JSON.stringify(settings.preprocessing),
    },
  })
}
