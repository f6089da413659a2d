import type { GraphBuilder } from '../onnx/graph-builder.ts'

export interface Schedule {
  readonly kind: 'constant' | 'step' | 'cosine'
  /** Linear warm-up over this many steps. */
  readonly warmupSteps: number
  /** step: the factor applied every `everySteps` steps. */
  readonly factor: number
  readonly everySteps: number
  /** cosine: reaches 0 here. */
  readonly totalSteps: number
}

/**
 * Appends learning rate · schedule(step), float32 []; `step` is a float32 [] counted from 0.
 * cosine: ½(1 + cos(π step / total)) (Loshchilov and Hutter 2017, one cycle);
 * step: factor^⌊step / every⌋; warm-up multiplies by min(1, (step + 1) / warm-up steps).
 */
export function emitLearningRate(
  builder: GraphBuilder,
  baseLearningRate: string,
  step: string,
  schedule: Schedule,
): string {
  let rate = baseLearningRate
  const scaleBy = (factor: string, name: string) => {
    rate = builder.op('Mul', [rate, factor], {}, { name: `learning-rate/${name}` })
  }
  if (schedule.kind === 'step') {
    const periods = builder.op('Floor', [builder.op('Div', [step, builder.scalar(schedule.everySteps)])])
    scaleBy(builder.op('Pow', [builder.scalar(schedule.factor), periods]), 'step')
  }
  if (schedule.kind === 'cosine') {
    const angle = builder.op('Mul', [step, builder.scalar(Math.PI / schedule.totalSteps)])
    const raised = builder.op('Add', [builder.op('Cos', [angle]), builder.scalar(1)])
    scaleBy(builder.op('Mul', [raised, builder.scalar(0.5)]), 'cosine')
  }
  if (schedule.warmupSteps > 0) {
    const next = builder.op('Add', [step, builder.scalar(1)])
    const share = builder.op('Div', [next, builder.scalar(schedule.warmupSteps)])
    scaleBy(builder.op('Min', [share, builder.scalar(1)]), 'warm-up')
  }
  return rate
}
