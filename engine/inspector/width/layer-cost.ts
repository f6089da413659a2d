import type { GraphFacts } from '../../models/graph-facts.ts'
import { findKernelLayers } from '../../models/kernel-layers.ts'
import { elementCount } from '../../onnx/graph.ts'
import type { FilterTrace } from '../../resizing/filter-trace.ts'
import { buildMaskedGraphs } from '../../resizing/masked-graphs.ts'
import type { AblationSize } from './ablation-plan.ts'

/** What one picture costs in the part that is computed for every mask, and in the one before it. */
export function costOf(
  trace: FilterTrace,
  facts: GraphFacts,
  scores: string,
  batch: number,
): Pick<AblationSize, 'multiplyAdds' | 'multiplyAddsOnce' | 'bytes'> {
  const { upper, crossing } = buildMaskedGraphs(trace, facts, scores, 1)
  const nodes = new Set(upper.nodes.map((node) => node.outputs[0]))
  const sizeOf = (name: string) =>
    elementCount((facts.types.get(name)?.dims ?? []).map((size) => (typeof size === 'number' ? size : 1)))
  let [multiplyAdds, multiplyAddsOnce] = [0, 0]
  for (const { node, shape } of findKernelLayers(facts)) {
    const [, channels, height, width] = shape
    const cost = (sizeOf(node.outputs[0] ?? '') / batch) * channels * height * width
    if (nodes.has(node.outputs[0])) multiplyAdds += cost
    else multiplyAddsOnce += cost
  }
  const bytes = crossing.reduce((sum, name) => sum + (4 * sizeOf(name)) / batch, 0)
  return { multiplyAdds: Math.max(1, multiplyAdds), multiplyAddsOnce, bytes: Math.max(1, bytes) }
}
