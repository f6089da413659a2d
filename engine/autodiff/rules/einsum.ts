import { readEinsum, writeEinsum } from '../../onnx/einsum.ts'
import type { Dimension } from '../../onnx/graph.ts'
import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'

/**
 * Y = the sum of products that an equation names  =>  the gradient of each input is the Einsum of dY and the other inputs
 * whose output is that input; axes that occur in that input alone are repeated, broadcast ones summed.
 */
export const einsumRule: GradientRule = {
  opType: 'Einsum',
  keeps: { inputs: 'all', outputs: [] },
  refuses(node) {
    const labels = labelsOf(node)
    if (labels === undefined) return `its equation is '${node.string('equation', '')}', which does not fit its inputs.`
    const isDiagonal = labels.inputs.some((input) => new Set(input).size !== input.length)
    return isDiagonal ? 'its equation takes a diagonal (one letter twice in one input).' : undefined
  },
  gradient: (node, emit) =>
    Array.from({ length: node.inputCount }, (_, index) =>
      node.wants(index) ? inputGradient(node, emit, index) : undefined,
    ),
}

function labelsOf(node: ForwardNode) {
  const ranks = Array.from({ length: node.inputCount }, (_, index) => node.inputDims(index).length)
  return readEinsum(node.string('equation', ''), ranks)
}

function inputGradient(node: ForwardNode, emit: Emitter, index: number): string {
  const labels = labelsOf(node) ?? { inputs: [], output: [] }
  const target = labels.inputs[index] ?? []
  const others = labels.inputs.flatMap((input, other) =>
    other === index ? [] : [{ labels: input, name: node.input(other) }],
  )
  const sources = [{ labels: labels.output, name: node.outputGradient(0) }, ...others]
  const reachable = new Set(sources.flatMap((source) => source.labels))
  const output = target.filter((label) => reachable.has(label))
  const equation = writeEinsum({ inputs: sources.map((source) => source.labels), output })
  const names = sources.map((source) => source.name)
  const product = emit.op('Einsum', names, { equation }, `dX${index}`)
  const alone = target.flatMap((label, axis) => (reachable.has(label) ? [] : [axis]))
  if (alone.length > 0) {
    const beside = emit.op('Unsqueeze', [product, emit.ints(alone)], {}, `dX${index}/unsummed`)
    return emit.op('Expand', [beside, emit.shapeOfInput(index)], {}, `dX${index}/repeated`)
  }
  return emit.sumToShape(
    product,
    target.map((label) => sizeOf(node, label)),
    node.inputDims(index),
  )
}

/** The size of a label: the largest that any input has, as sizes of 1 are broadcast. */
function sizeOf(node: ForwardNode, label: string): Dimension {
  const sizes = labelsOf(node)?.inputs.flatMap((input, index) =>
    input.flatMap((other, axis) => (other === label ? [node.inputDims(index)[axis] ?? 1] : [])),
  )
  return sizes?.find((size) => size !== 1) ?? 1
}
