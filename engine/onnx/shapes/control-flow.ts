import type { Dimension, Graph } from '../graph.ts'
import type { InferredValue, ShapeContext, ShapeRule } from './shape-context.ts'

function body(context: ShapeContext, name: string): Graph {
  const attribute = context.node.attributes[name]
  return attribute?.kind === 'graph' ? attribute.value : context.fail(`its body '${name}' is missing`)
}

/** What holds of a value that is one of two: sizes that differ become new symbols; undefined where the ranks differ. */
function either(
  context: ShapeContext,
  a: InferredValue | undefined,
  b: InferredValue | undefined,
): InferredValue | undefined {
  if (a === undefined || b === undefined) return undefined
  if (a.dataType !== b.dataType || a.dims.length !== b.dims.length) return undefined
  return {
    dataType: a.dataType,
    dims: a.dims.map((size, axis) => context.orFresh(size === b.dims[axis] ? size : undefined, axis)),
  }
}

const branch: ShapeRule = (context) => {
  const { surroundings } = context
  const yes = surroundings.inferBody(body(context, 'then_branch'), [])
  const no = surroundings.inferBody(body(context, 'else_branch'), [])
  return yes.map((output, index) => either(context, output, no[index]))
}

/** Final loop-carried values, then the scan outputs [turns, …]. */
const loop: ShapeRule = (context) => {
  const graph = body(context, 'body')
  const stateCount = graph.inputs.length - 2
  let states = Array.from({ length: stateCount }, (_, index) => withoutValues(context.input(index + 2)))
  let outputs = infer(context, graph, states)
  const stable = outputs.slice(1, stateCount + 1).every((output, index) => sameDims(output, states[index]))
  if (!stable) {
    // A state that changes its size is of any size: once more with that size unknown.
    states = states.map((state, index) => either(context, state, outputs[index + 1]))
    outputs = infer(context, graph, states)
    states = states.map((state, index) => (sameDims(state, outputs[index + 1]) ? state : undefined))
  }
  const turns = context.orFresh(turnCount(context, graph), 0)
  const scanned = outputs
    .slice(stateCount + 1)
    .map((output) => output && { dataType: output.dataType, dims: [turns, ...output.dims] })
  return [...states, ...scanned]
}

function infer(context: ShapeContext, graph: Graph, states: readonly (InferredValue | undefined)[]) {
  const counter: InferredValue = { dataType: 'int64', dims: [] }
  const condition: InferredValue = { dataType: 'bool', dims: [] }
  return context.surroundings.inferBody(graph, [counter, condition, ...states])
}

/** The elements of a loop-carried value change from turn to turn. */
function withoutValues({ dataType, dims }: InferredValue): InferredValue | undefined {
  return { dataType, dims }
}

function sameDims(a: InferredValue | undefined, b: InferredValue | undefined): boolean {
  return a !== undefined && b !== undefined && a.dims.join() === b.dims.join()
}

/** How often a loop with a known trip count turns, if its condition cannot end it earlier. */
function turnCount(context: ShapeContext, graph: Graph): Dimension | undefined {
  const startsTrue = !context.has(1) || context.values(1)?.[0] === 1
  let condition = graph.outputs[0]?.name
  for (const node of graph.nodes.toReversed()) {
    if (node.opType === 'Identity' && node.outputs[0] === condition) condition = node.inputs[0]
  }
  const constant = condition === undefined ? undefined : graph.initializers.get(condition)
  const staysTrue = condition === graph.inputs[1]?.name || (constant?.data as Uint8Array | undefined)?.[0] === 1
  return startsTrue && staysTrue ? context.values(0)?.[0] : undefined
}

export const controlFlowRules: Readonly<Record<string, ShapeRule>> = { If: branch, Loop: loop }
