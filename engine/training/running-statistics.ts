import { type Graph, type Node, type Tensor, floatAttribute } from '../onnx/graph.ts'
import { type GraphBuilder, float } from '../onnx/graph-builder.ts'
import type { StateTensor } from './optimizer.ts'

/** A statistic of the batch, and the initializer that follows it. */
export interface BatchStatistic {
  readonly running: string
  readonly ofBatch: string
  /** Share of the running value that each step keeps: ONNX's momentum, 1 minus PyTorch's. */
  readonly momentum: number
}

/**
 * `nodes` with the BatchNormalizations named by their first output in training form. Their momentum is 0, with which
 * the operator's further outputs are the mean and the biased variance of the batch, exactly.
 */
export function normalizeByBatch(
  nodes: readonly Node[],
  trained: ReadonlySet<string>,
): { readonly nodes: readonly Node[]; readonly statistics: readonly BatchStatistic[] } {
  const statistics: BatchStatistic[] = []
  const followed = new Set<string>()
  const changed = nodes.map((node) => {
    const [output = ''] = node.outputs
    const [, , , runningMean = '', runningVariance = ''] = node.inputs
    if (!trained.has(output)) return node
    const momentum = floatAttribute(node, 'momentum', 0.9)
    const outputs = [output, `${output}/batch-mean`, `${output}/batch-variance`] as const
    // Where two normalisations share their statistics, the first is followed.
    if (!followed.has(runningMean)) {
      followed.add(runningMean)
      statistics.push({ running: runningMean, ofBatch: outputs[1], momentum })
      statistics.push({ running: runningVariance, ofBatch: outputs[2], momentum })
    }
    const attributes = { ...node.attributes, momentum: float(0), training_mode: { kind: 'int', value: 1 } as const }
    return { ...node, outputs, attributes }
  })
  return { nodes: changed, statistics }
}

/** Appends running · momentum + batch · (1 − momentum), as the operator defines it, for every statistic. */
export function emitRunningStatistics(
  builder: GraphBuilder,
  statistics: readonly BatchStatistic[],
  network: Graph,
): StateTensor[] {
  return statistics.map(({ running, ofBatch, momentum }) => {
    const op = (opType: string, inputs: string[], part: string) =>
      builder.op(opType, inputs, {}, { name: `${running}/${part}` })
    const kept = op('Mul', [running, builder.scalar(momentum)], 'kept')
    const added = op('Mul', [ofBatch, builder.scalar(1 - momentum)], 'new')
    const next = op('Add', [kept, added], 'next')
    return { name: running, next, initial: network.initializers.get(running) as Tensor }
  })
}
