import type { Graph, Node } from '../onnx/graph.ts'
import { describeNode } from '../onnx/graph-edit.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import { Constants } from './constants.ts'
import type { GraphFacts } from './graph-facts.ts'
import { GraphLinks } from './graph-links.ts'
import { type KernelLayer, findKernelLayers } from './kernel-layers.ts'

/** A layer in the body of a control-flow node. */
export interface BodyLayer {
  readonly layer: KernelLayer
  /** The node of the outermost graph in which it is. */
  readonly outer: Node
  /** Of the body it is in. */
  readonly facts: GraphFacts
}

/** The layers in the bodies of If, Loop and Scan nodes, and in the bodies within those. */
export function findBodyLayers(facts: GraphFacts): BodyLayer[] {
  return facts.graph.nodes.flatMap((outer) =>
    bodiesOf(outer).flatMap((body) => {
      const inner = bodyFacts(body, facts)
      const own = findKernelLayers(inner).map((layer) => ({ layer, outer, facts: inner }))
      return [...own, ...findBodyLayers(inner).map((nested) => ({ ...nested, outer }))]
    }),
  )
}

/** Why none of them is trained. */
export function whyNotInBody(outer: Node): string {
  return `It is in a body of ${describeNode(outer)}, which decides while it runs what is computed; no gradient passes into that.`
}

function bodiesOf(node: Node): Graph[] {
  return Object.values(node.attributes).flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : []))
}

/** A body sees the values of the graph around it. */
function bodyFacts(body: Graph, around: GraphFacts): GraphFacts {
  const graph = { ...body, initializers: new Map([...around.graph.initializers, ...body.initializers]) }
  const types = new Map([...around.types, ...inferShapes(body, around.types)])
  return { graph, types, constants: new Constants(graph, types), links: new GraphLinks(body) }
}
