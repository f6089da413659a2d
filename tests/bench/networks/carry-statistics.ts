import { GraphBuilder } from '../../../engine/onnx/graph-builder.ts'
import type { Tensor } from '../../../engine/onnx/graph.ts'
import type { StateTensor } from '../../../engine/training/optimizer.ts'
import type { TrainingStep } from '../../../engine/training/training-step.ts'

/** The same step with the running mean and variance of every batch normalisation carried from step to step. */
export function carryStatistics(step: TrainingStep): TrainingStep {
  const { graph } = step
  const carried: StateTensor[] = graph.nodes
    .filter(({ opType }) => opType === 'BatchNormalization')
    .flatMap(({ inputs, outputs }) =>
      [3, 4].map((index) => ({
        name: inputs[index] as string,
        next: outputs[index - 2] as string,
        initial: graph.initializers.get(inputs[index] as string) as Tensor,
      })),
    )
  const names = new Set(carried.map(({ name }) => name))
  const initializers = new Map([...graph.initializers].filter(([name]) => !names.has(name)))
  const builder = new GraphBuilder({ ...graph, initializers })
  for (const { name, next, initial } of carried) {
    const type = { dataType: initial.dataType, dims: initial.dims }
    builder.input({ name, type })
    builder.output({ name: next, type })
  }
  return { graph: builder.build(graph.name), state: [...step.state, ...carried] }
}
