import type { Dimension, Graph, TensorType, ValueInfo } from '../onnx/graph.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type TrainingStep, mixedLabelInputs, type stepOutputs } from './training-step.ts'

/** Per-step results, float32 [], and their names over all steps of a fused run, float32 [K]. */
export const stepResults = {
  loss: 'losses',
  correct: 'corrects',
  effectiveLearningRate: 'learningRates',
  weightSum: 'weightSums',
} as const satisfies Record<(typeof stepOutputs)[number], string>

/** Name of a state tensor before and after a fused run: a loop's body may not reuse the names around it. */
export const stateBefore = (name: string): string => `${name}/before`
export const stateAfter = (name: string): string => `${name}/after`

/** Name of what a step is fed of its batch, for all steps of a fused run. */
export const allOf = (name: string): string => `all-${name}`

/**
 * K steps as one graph around an ONNX Loop. Inputs: `stepCount` int64 [] (K), what each step is fed of its batch as `all-…`
 * (pixels uint8 [K,N,H,W,C], labels int64 [K,N] and, where labels are mixed, the others and shares), `learningRate`
 * float32 [], state before; outputs: state after and the results of every step.
 * K is decided at run time and does not change any number.
 */
export function fuseSteps(step: TrainingStep): Graph {
  const builder = new GraphBuilder()
  const infos = new Map(step.graph.inputs.map((info) => [info.name, info]))
  const stateNames = new Set(step.state.map(({ name }) => name))
  builder.input({ name: 'stepCount', type: { dataType: 'int64', dims: [] } })
  const perStep = ['pixels', 'labels', ...Object.values(mixedLabelInputs)].filter((name) => infos.has(name))
  for (const name of perStep) builder.input(batched(allOf(name), name, infos))
  builder.input({ name: 'learningRate', type: { dataType: 'float32', dims: [] } })
  for (const { name } of step.state) builder.input({ name: stateBefore(name), type: typeIn(infos, name) })
  const condition = builder.constant('always', { dataType: 'bool', dims: [], data: Uint8Array.of(1) })
  const body = buildBody(step, infos, stateNames, perStep)
  const outputs = [...step.state.map(({ name }) => stateAfter(name)), ...Object.values(stepResults)]
  builder.add({
    opType: 'Loop',
    domain: '',
    name: 'steps',
    inputs: ['stepCount', condition, ...step.state.map(({ name }) => stateBefore(name))],
    outputs,
    attributes: { body: { kind: 'graph', value: body } },
  })
  for (const { name } of step.state) builder.output({ name: stateAfter(name), type: typeIn(infos, name) })
  for (const name of Object.values(stepResults)) {
    builder.output({ name, type: { dataType: 'float32', dims: ['steps'] } })
  }
  return builder.build(`${step.graph.name}s`)
}

function buildBody(
  step: TrainingStep,
  infos: ReadonlyMap<string, ValueInfo>,
  stateNames: ReadonlySet<string>,
  perStep: readonly string[],
): Graph {
  const builder = new GraphBuilder()
  builder.input({ name: 'iteration', type: { dataType: 'int64', dims: [] } })
  builder.input({ name: 'condition', type: { dataType: 'bool', dims: [] } })
  for (const { name } of step.state) builder.input({ name, type: typeIn(infos, name) })
  for (const name of perStep) builder.op('Gather', [allOf(name), 'iteration'], { axis: 0 }, { name })
  for (const [name, tensor] of step.graph.initializers) {
    if (!stateNames.has(name)) builder.initializer(name, tensor)
  }
  for (const node of step.graph.nodes) builder.add(node)
  const next = builder.op('Identity', ['condition'], {}, { name: 'condition/next' })
  builder.output({ name: next, type: { dataType: 'bool', dims: [] } })
  for (const state of step.state) builder.output({ name: state.next, type: typeIn(infos, state.name) })
  for (const name of Object.keys(stepResults)) builder.output({ name, type: { dataType: 'float32', dims: [] } })
  return builder.build('step')
}

function typeIn(infos: ReadonlyMap<string, ValueInfo>, name: string): TensorType {
  const type = infos.get(name)?.type
  if (type === undefined) throw new Error(`The training step has no input "${name}" of known type.`)
  return type
}

function batched(outer: string, name: string, infos: ReadonlyMap<string, ValueInfo>): ValueInfo {
  const type = typeIn(infos, name)
  const dims: Dimension[] = ['steps', ...type.dims]
  return { name: outer, type: { dataType: type.dataType, dims } }
}
