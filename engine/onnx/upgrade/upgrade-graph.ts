import { GraphBuilder } from '../graph-builder.ts'
import { type Attribute, type Graph, INTERNAL_OPSET, type Node, type Tensor } from '../graph.ts'
import { requiredNames } from '../graph-edit.ts'
import { ModelError } from '../model-error.ts'
import { inferredTensor } from '../shapes/creation.ts'
import { Inference, type OuterTypes } from '../shapes/inference.ts'
import type { InferredValue } from '../shapes/shape-context.ts'
import { withoutNewAttributes } from './newer/attributes.ts'
import { changedOperators, unsupportedOperators } from './newer/operators.ts'
import { requireKnownOperators } from './known-operators.ts'
import { stepBack, stepsToNewer } from './steps.ts'
import { type UpgradeContext, refuse } from './upgrade-step.ts'

/** Nothing older is read: operators still changed with every version, and ONNX Runtime itself begins at 7. */
const OLDEST_OPSET = 6
/** The last version whose changes are known here. */
const NEWEST_OPSET = 27

/**
 * `graph`, whose nodes speak `version` of ai.onnx, in the internal operator set; bodies too.
 * Throws ModelError for a version that is too old or unknown, and for a node that has no form in the internal one.
 */
export function upgradeGraph(graph: Graph, version: number): Graph {
  if (version < OLDEST_OPSET) {
    throw new ModelError(
      `The model is written in operator set ${version}, which is older than the oldest that is supported (${OLDEST_OPSET}): export it again with a newer one.`,
    )
  }
  if (version > NEWEST_OPSET) {
    throw new ModelError(
      `The model is written in operator set ${version}, which is newer than the newest that is supported (${NEWEST_OPSET}): export it with operator set ${INTERNAL_OPSET}.`,
    )
  }
  requireKnownOperators(graph)
  if (version === INTERNAL_OPSET) return graph
  // Constants and names of all bodies come from one place: a body may not use again a name that it can see.
  const builder = new GraphBuilder()
  for (const [name, tensor] of graph.initializers) builder.initializer(name, tensor)
  for (const name of namesWithin(graph)) if (!graph.initializers.has(name)) builder.uniqueName(name)
  const nodes = new GraphUpgrade(graph, version, builder, () => undefined).nodes()
  return { ...graph, nodes, initializers: new Map(builder.initializers) }
}

function namesWithin(graph: Graph): ReadonlySet<string> {
  const names = new Set([...graph.inputs.map((input) => input.name), ...graph.initializers.keys()])
  for (const node of graph.nodes) {
    for (const name of node.outputs) names.add(name)
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') for (const name of namesWithin(attribute.value)) names.add(name)
    }
  }
  return names
}

class GraphUpgrade implements UpgradeContext {
  readonly builder: GraphBuilder
  readonly #graph: Graph
  readonly #version: number
  readonly #inference: Inference
  readonly #used: ReadonlySet<string>
  readonly #upgraded: Node[] = []
  /** Nodes already inferred: inference is wanted by few steps, and catches up when it is. */
  #inferredCount = 0

  constructor(graph: Graph, version: number, builder: GraphBuilder, outer: OuterTypes) {
    this.#graph = graph
    this.#version = version
    this.builder = builder
    this.#inference = new Inference((name) => {
      const tensor = this.constant(name)
      return tensor === undefined ? outer(name) : inferredTensor(tensor)
    })
    for (const input of graph.inputs) this.#inference.add(input.name, input.type)
    this.#used = new Set([...graph.nodes.flatMap(requiredNames), ...graph.outputs.map((output) => output.name)])
  }

  nodes(): readonly Node[] {
    for (const node of this.#graph.nodes) this.#upgraded.push(...this.#upgradeNode(node))
    return this.#upgraded
  }

  type(name: string): InferredValue | undefined {
    for (; this.#inferredCount < this.#upgraded.length; this.#inferredCount++) {
      this.#inference.addNode(this.#upgraded[this.#inferredCount] as Node)
    }
    return this.#inference.lookup(name)
  }

  constant(name: string): Tensor | undefined {
    return this.#graph.initializers.get(name) ?? this.builder.initializers.get(name)
  }

  isUsed(name: string): boolean {
    return this.#used.has(name)
  }

  #upgradeNode(node: Node): readonly Node[] {
    const withBodies = { ...node, attributes: this.#upgradeBodies(node) }
    if (node.domain !== '') return [withBodies]
    return this.#version > INTERNAL_OPSET ? this.#stepBack(withBodies) : this.#stepOn(withBodies, this.#version)
  }

  /** All steps after `from`, also for the nodes that steps leave behind, which speak the version of their step. */
  #stepOn(node: Node, from: number): readonly Node[] {
    const step = stepsToNewer(node.opType).find((candidate) => candidate.version > from)
    if (step === undefined) return [node]
    return step.rewrite(node, this).flatMap((rewritten) => this.#stepOn(rewritten, step.version))
  }

  #stepBack(node: Node): readonly Node[] {
    const introduced = unsupportedOperators.get(node.opType) ?? changedOperators.get(node.opType)
    if (introduced !== undefined && introduced <= this.#version) {
      refuse(node, `${node.opType} of operator set ${introduced} is not supported; operator set ${INTERNAL_OPSET} is`)
    }
    const step = stepBack(node.opType)
    const older = withoutNewAttributes(node)
    return step !== undefined && step.version <= this.#version ? step.rewrite(older, this) : [older]
  }

  #upgradeBodies(node: Node): Readonly<Record<string, Attribute>> {
    return Object.fromEntries(
      Object.entries(node.attributes).map(([name, attribute]) => [
        name,
        attribute.kind === 'graph' ? { kind: 'graph', value: this.#upgradeBody(attribute.value) } : attribute,
      ]),
    )
  }

  #upgradeBody(body: Graph): Graph {
    const nodes = new GraphUpgrade(body, this.#version, this.builder, (name) => this.type(name)).nodes()
    return { ...body, nodes }
  }
}
