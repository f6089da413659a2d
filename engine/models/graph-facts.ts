import type { Graph, TensorType } from '../onnx/graph.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import { Constants } from './constants.ts'
import { GraphLinks } from './graph-links.ts'

/** What there is to know about a graph before anything is looked for in it. */
export interface GraphFacts {
  readonly graph: Graph
  readonly types: ReadonlyMap<string, TensorType>
  readonly constants: Constants
  readonly links: GraphLinks
}

/** Throws ShapeError where the shapes of `graph` do not fit its operators. */
export function gatherFacts(graph: Graph): GraphFacts {
  const types = inferShapes(graph)
  return { graph, types, constants: new Constants(graph, types), links: new GraphLinks(graph) }
}
