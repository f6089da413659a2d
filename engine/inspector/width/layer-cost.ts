import type { GraphFacts } from '../../models/graph-facts.ts'
import { findKernelLayers } from '../../models/kernel-layers.ts'
import { elementCount } from '../../onnx/graph.ts'
import type { FilterTrace } from '../../resizing/filter-trace.ts'
import { buildMaskedGraphs } from '../../resizing/masked-graphs.ts'
import type { AblationSize } from './ablation-plan.ts'

/** What one picture costs in the part that is computed for every mask. */
export function costOf(
  trace: FilterTrace,
  facts: GraphFacts,
  scores: string,
  batch: number,
): Pick<AblationSize, 'multiplyAdds' | 'bytes'> {
  const { upper, crossing } = buildMaskedGraphs(trace, facts, scores, 1)
  const nodes = new Set(upper.nodes.map((node) => node.outputs[0]))
  const sizeOf = (name: string) =>
    elementCount((facts.types.get(name)?.dims ?? []).map((size) => (typeof size === 'number' ? size : 1)))
  const layers = findKernelLayers(facts).filter(({ node }) => nodes.has(node.outputs[0]))
  const multiplyAdds = layers.reduce((sum, { node, shape: [, channels, height, width] }) => {
    return sum + (sizeOf(node.outputs[0] ?? '') / batch) * channels * height * width
  }, 0)
  const bytes = crossing.reduce((sum, name) => sum + (4 * sizeOf(name)) / batch, 0)
  return { multiplyAdds: Math.max(1, multiplyAdds), bytes: Math.max(1, bytes) }
}
