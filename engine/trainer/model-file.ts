import type { Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { PreparedRun } from './prepare-run.ts'

/** The network with the weights of `state` (those it was born with where that has none) as a serialised ModelProto. */
export function encodeModel(prepared: PreparedRun, state: ReadonlyMap<string, Tensor>): Uint8Array {
  const { network } = prepared
  const initializers = new Map([...network.initializers].map(([name, tensor]) => [name, state.get(name) ?? tensor]))
  return writeModel({ graph: { ...network, initializers }, metadata: metadata(prepared) })
}

/** What somebody who opens the file elsewhere needs to know. */
function metadata(prepared: PreparedRun): Record<string, string> {
  return {
    classes: JSON.stringify(prepared.description.classes),
    preprocessing: `Feed pixels as they are, 0 to 255, as float32 [batch, channels, height, width]; resize by ${prepared.description.data.image.fit}. Normalisation is part of the graph.`,
  }
}
