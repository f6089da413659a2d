import { type Graph, INTERNAL_OPSET } from '../graph.ts'
import { ModelError } from '../model-error.ts'

/** `graph`, whose nodes speak `version` of ai.onnx, in the internal operator set. */
export function upgradeGraph(graph: Graph, version: number): Graph {
  if (version === INTERNAL_OPSET) return graph
  throw new ModelError(`The model is written in operator set ${version}; only ${INTERNAL_OPSET} can be read.`)
}
