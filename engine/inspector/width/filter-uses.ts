import { DifferentiationError } from '../../autodiff/differentiation-error.ts'
import { differentiate } from '../../autodiff/differentiate.ts'
import { rules } from '../../autodiff/registry.ts'
import type { GraphFacts } from '../../models/graph-facts.ts'
import { readKernels } from '../../models/read-kernels.ts'
import { GraphBuilder } from '../../onnx/graph-builder.ts'
import { pruneGraph } from '../../onnx/graph-edit.ts'
import { type Tensor, elementCount, float32Tensor } from '../../onnx/graph.ts'
import { writeModel } from '../../onnx/write-model.ts'
import { ownersOf } from '../../resizing/channel-layout.ts'
import type { FilterTrace } from '../../resizing/filter-trace.ts'
import { buildMaskedGraphs, maskName } from '../../resizing/masked-graphs.ts'
import { createSession } from '../../runtime/session.ts'
import { emitLoss } from '../../training/loss.ts'
import type { Crossing } from './masked-network.ts'

/** The Euclidean length of each filter. */
export function normsOf(trace: FilterTrace, facts: GraphFacts): Float64Array {
  const kernels = readKernels(trace.layer, facts.constants)
  const length = kernels.length / trace.filters
  return Float64Array.from({ length: trace.filters }, (_, filter) =>
    Math.sqrt(kernels.subarray(filter * length, (filter + 1) * length).reduce((sum, weight) => sum + weight ** 2, 0)),
  )
}

/** The mean absolute value of each filter's map where the next layers read it; undefined where that depends on these layers. */
export function activationsOf(trace: FilterTrace, batches: readonly Crossing[]): Float64Array | undefined {
  const sums = new Float64Array(trace.filters)
  const counts = new Float64Array(trace.filters)
  const values = new Map(trace.readers.map(({ value }) => [value.name, value]))
  for (const { name, axis, layout } of values.values()) {
    const owners = ownersOf(layout, trace.filters)
    for (const crossing of batches) {
      const tensor = crossing[name] as Tensor | undefined
      if (tensor === undefined) continue
      addMagnitudes(tensor, axis, owners, sums, counts)
    }
  }
  return counts.some((count) => count === 0) ? undefined : sums.map((sum, filter) => sum / (counts[filter] as number))
}

function addMagnitudes(
  { dims, data }: Tensor,
  axis: number,
  owners: Int32Array,
  sums: Float64Array,
  counts: Float64Array,
) {
  const values = data as Float32Array
  const inner = elementCount(dims.slice(axis + 1))
  for (let at = 0, index = 0; at < values.length; at += inner, index++) {
    const owner = owners[index % owners.length] as number
    if (owner < 0) continue
    let sum = 0
    for (let offset = 0; offset < inner; offset++) sum += Math.abs(values[at + offset] as number)
    sums[owner] = (sums[owner] as number) + sum
    counts[owner] = (counts[owner] as number) + inner
  }
}

/**
 * The mean over pictures of |Σ a · ∂L/∂a| over each filter's map: how much the loss changes, to first order, without
 * the filter (Molchanov and others, 2017). It is the gradient by a mask of each picture. A sentence where no gradient
 * passes the layers behind. `breathe` is awaited before each batch; what it throws ends the work.
 */
export async function taylorOf(
  trace: FilterTrace,
  facts: GraphFacts,
  scores: { readonly name: string; readonly classes: number },
  batches: readonly Crossing[],
  labels: Uint16Array,
  breathe: () => Promise<void>,
): Promise<Float64Array | string> {
  const batch = labels.length / batches.length
  // The mask of each picture needs pictures that lie apart, along the first axis, where the maps are read.
  const isApart = trace.readers.every(({ value }) => value.axis > 0 && facts.types.get(value.name)?.dims[0] === batch)
  if (!isApart) return 'The maps of one picture are read together with those of others.'
  const { upper } = buildMaskedGraphs(trace, facts, scores.name, batch)
  const builder = new GraphBuilder(upper)
  builder.input({ name: 'labels', type: { dataType: 'int64', dims: [batch] } })
  const flat = builder.op('Flatten', [scores.name], { axis: 1 }, { name: 'taylor/scores' })
  const { loss } = emitLoss(builder, 'crossEntropy', flat, 'labels', scores.classes)
  let gradient: { readonly graph: Parameters<typeof pruneGraph>[0]; readonly name: string }
  try {
    const { graph, gradients } = differentiate(builder.build('taylor'), loss, [maskName], rules)
    gradient = { graph, name: gradients.get(maskName) as string }
  } catch (error) {
    if (error instanceof DifferentiationError) return error.message
    throw error
  }
  const pruned = pruneGraph(gradient.graph, [{ name: gradient.name, type: undefined }])
  const session = await createSession(writeModel({ graph: pruned }), { provider: 'cpu' })
  const uses = new Float64Array(trace.filters)
  try {
    const mask = float32Tensor([batch, trace.filters], new Float32Array(batch * trace.filters).fill(1))
    for (const [index, crossing] of batches.entries()) {
      await breathe()
      const own = BigInt64Array.from(labels.subarray(index * batch, (index + 1) * batch), BigInt)
      const feeds = { ...crossing, [maskName]: mask, labels: { dataType: 'int64' as const, dims: [batch], data: own } }
      const used = Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)))
      const values = ((await session.run(used))[gradient.name] as Tensor).data as Float32Array
      values.forEach((value, at) => {
        const filter = at % trace.filters
        uses[filter] = (uses[filter] as number) + Math.abs(value)
      })
    }
  } finally {
    await session.release()
  }
  return uses
}
