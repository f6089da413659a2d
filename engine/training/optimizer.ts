import { type Tensor, elementCount, float32Tensor } from '../onnx/graph.ts'
import type { GraphBuilder } from '../onnx/graph-builder.ts'

export type Optimizer =
  | {
      readonly kind: 'sgd'
      readonly momentum: number
      readonly nesterov: boolean
      readonly weightDecay: number
      readonly decay: 'l2' | 'decoupled'
    }
  | {
      readonly kind: 'adam'
      readonly beta1: number
      readonly beta2: number
      readonly epsilon: number
      readonly weightDecay: number
      readonly decay: 'l2' | 'decoupled'
    }

/** One tensor carried from step to step. */
export interface StateTensor {
  readonly name: string
  /** Its value after the step. */
  readonly next: string
  readonly initial: Tensor
}

export interface Parameter {
  readonly name: string
  readonly initial: Tensor
  readonly gradient: string
  /** Of the learning rate; 1 where it is left out. */
  readonly learningRateFactor?: number
}

/**
 * Appends the update of every parameter and returns all state: the parameters first, then moments.
 * `learningRate` is float32 []; `step` float32 [] counts from 0. A factor slows down all that the learning rate does,
 * decoupled weight decay too.
 */
export function emitUpdates(
  builder: GraphBuilder,
  optimizer: Optimizer,
  parameters: readonly Parameter[],
  learningRate: string,
  step: string,
): StateTensor[] {
  const rateOf = ({ learningRateFactor = 1 }: Parameter) =>
    learningRateFactor === 1 ? learningRate : scaledRate(builder, learningRate, learningRateFactor)
  const updates = parameters.map((parameter) => emitUpdate(builder, optimizer, parameter, rateOf(parameter), step))
  return [...updates.map(([weight]) => weight), ...updates.flatMap(([, ...moments]) => moments)]
}

/** Written once for each factor and shared by all parameters that have it. */
function scaledRate(builder: GraphBuilder, learningRate: string, factor: number): string {
  const name = `learning-rate/times-${factor}`
  if (builder.nodes.some((node) => node.name === name)) return name
  return builder.op('Mul', [learningRate, builder.scalar(factor)], {}, { name })
}

function emitUpdate(
  builder: GraphBuilder,
  optimizer: Optimizer,
  parameter: Parameter,
  learningRate: string,
  step: string,
): [StateTensor, ...StateTensor[]] {
  const op = (opType: string, inputs: string[], part: string) =>
    builder.op(opType, inputs, {}, { name: `${parameter.name}/${part}` })
  const { weightDecay } = optimizer
  let gradient = parameter.gradient
  let weight = parameter.name
  if (weightDecay > 0 && optimizer.decay === 'l2') {
    gradient = op('Add', [gradient, op('Mul', [weight, builder.scalar(weightDecay)], 'decay')], 'decayed-gradient')
  }
  if (weightDecay > 0 && optimizer.decay === 'decoupled') {
    const shrink = op('Mul', [learningRate, builder.scalar(weightDecay)], 'shrink')
    weight = op('Sub', [weight, op('Mul', [weight, shrink], 'shrunk-by')], 'shrunk')
  }
  const moments: StateTensor[] = []
  const direction =
    optimizer.kind === 'sgd'
      ? emitMomentum(builder, optimizer, parameter, gradient, moments)
      : emitAdam(builder, optimizer, parameter, gradient, step, moments)
  const next = op('Sub', [weight, op('Mul', [direction, learningRate], 'update')], 'next')
  return [{ name: parameter.name, next, initial: parameter.initial }, ...moments]
}

/** v ← μ v + g; the update is v, or g + μ v with Nesterov's form (Sutskever et al. 2013, as PyTorch writes it). */
function emitMomentum(
  builder: GraphBuilder,
  { momentum, nesterov }: Extract<Optimizer, { kind: 'sgd' }>,
  parameter: Parameter,
  gradient: string,
  moments: StateTensor[],
): string {
  if (momentum === 0) return gradient
  const op = (opType: string, inputs: string[], part: string) =>
    builder.op(opType, inputs, {}, { name: `${parameter.name}/${part}` })
  const factor = builder.scalar(momentum)
  const velocity = momentState(builder, parameter, 'velocity')
  const next = op('Add', [op('Mul', [velocity.name, factor], 'velocity/kept'), gradient], 'velocity/next')
  moments.push({ ...velocity, next })
  return nesterov ? op('Add', [gradient, op('Mul', [next, factor], 'nesterov/ahead')], 'nesterov') : next
}

/** Kingma and Ba 2015, algorithm 1: m̂ / (√v̂ + ε) with t = step + 1. */
function emitAdam(
  builder: GraphBuilder,
  { beta1, beta2, epsilon }: Extract<Optimizer, { kind: 'adam' }>,
  parameter: Parameter,
  gradient: string,
  step: string,
  moments: StateTensor[],
): string {
  const op = (opType: string, inputs: string[], part: string) =>
    builder.op(opType, inputs, {}, { name: `${parameter.name}/${part}` })
  const running = (role: string, beta: number, value: string) => {
    const moment = momentState(builder, parameter, role)
    const kept = op('Mul', [moment.name, builder.scalar(beta)], `${role}/kept`)
    const next = op('Add', [kept, op('Mul', [value, builder.scalar(1 - beta)], `${role}/new`)], `${role}/next`)
    moments.push({ ...moment, next })
    return next
  }
  const first = running('first-moment', beta1, gradient)
  const second = running('second-moment', beta2, op('Mul', [gradient, gradient], 'squared-gradient'))
  const corrected1 = op('Div', [first, emitBiasCorrection(builder, beta1, step)], 'first-moment/corrected')
  const corrected2 = op('Div', [second, emitBiasCorrection(builder, beta2, step)], 'second-moment/corrected')
  const spread = op('Add', [op('Sqrt', [corrected2], 'deviation'), builder.scalar(epsilon)], 'deviation/safe')
  return op('Div', [corrected1, spread], 'direction')
}

/** 1 − βᵗ, t = step + 1; written once per β and shared by all parameters. */
function emitBiasCorrection(builder: GraphBuilder, beta: number, step: string): string {
  const name = `adam/bias-correction/${beta}`
  const present = builder.nodes.find((node) => node.name === name)
  if (present !== undefined) return name
  const count = builder.op('Add', [step, builder.scalar(1)])
  return builder.op('Sub', [builder.scalar(1), builder.op('Pow', [builder.scalar(beta), count])], {}, { name })
}

function momentState(builder: GraphBuilder, parameter: Parameter, role: string): Omit<StateTensor, 'next'> {
  const name = `${parameter.name}/${role}`
  const { dims } = parameter.initial
  builder.input({ name, type: { dataType: 'float32', dims } })
  return { name, initial: float32Tensor(dims, new Float32Array(elementCount(dims))) }
}
