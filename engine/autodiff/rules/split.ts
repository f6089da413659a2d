import { NodeRefusal } from '../node-refusal.ts'
import { fullPads } from '../padded-axes.ts'
import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'

/**
 * Y0, Y1 ... = X cut into parts along an axis  =>  dX = their gradients one after the other: Concat, or where some parts
 * have none the sum of the others, each padded with zeros to the size of X.
 */
export const splitRule: GradientRule = {
  opType: 'Split',
  keeps: { inputs: [], outputs: [] },
  differentiableInputs: [0],
  differentiableOutputs: 'all',
  gradient(node, emit) {
    const axis = splitAxis(node)
    const parts = Array.from({ length: node.outputCount }, (_, index) => index)
    const used = parts.filter((index) => node.hasOutputGradient(index))
    if (used.length === parts.length) {
      return [
        emit.op(
          'Concat',
          used.map((index) => node.outputGradient(index)),
          { axis },
          'dX',
        ),
      ]
    }
    const sizes = parts.map((index) => sizeAlong(node, index, axis))
    const padded = used.map((index) => paddedPart(node, emit, index, axis, sizes))
    return padded.length === 1 ? padded : [emit.op('Sum', padded, {}, 'dX')]
  },
}

function paddedPart(node: ForwardNode, emit: Emitter, index: number, axis: number, sizes: readonly number[]): string {
  const total = (some: readonly number[]) => some.reduce((sum, size) => sum + size, 0)
  const pads = fullPads(node, [[axis, total(sizes.slice(0, index)), total(sizes.slice(index + 1))]])
  const inputs = [node.outputGradient(index), emit.ints(pads), emit.scalar(0)]
  return emit.op('Pad', inputs, { mode: 'constant' }, `part-${index}`)
}

function splitAxis(node: ForwardNode): number {
  const axis = node.int('axis', 0)
  return axis < 0 ? axis + node.inputDims(0).length : axis
}

function sizeAlong(node: ForwardNode, output: number, axis: number): number {
  const size = node.outputDims(output)[axis]
  if (typeof size === 'number') return size
  throw new NodeRefusal('cuts into parts whose sizes are not known before the run, and not all of them are used.')
}
