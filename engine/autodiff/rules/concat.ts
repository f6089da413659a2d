import type { ForwardNode, GradientRule } from '../rule.ts'

/** Y = A, B, C ... one after the other along an axis  =>  the gradient of each is its slice of dY. */
export const concatRule: GradientRule = {
  opType: 'Concat',
  keeps: { inputs: [], outputs: [] },
  refuses(node) {
    const unknown = Array.from({ length: node.inputCount }, (_, index) => sizeAlongAxis(node, index)).includes(
      undefined,
    )
    return unknown ? 'the sizes of its inputs along the joined axis are not known before the run.' : undefined
  },
  gradient(node, emit) {
    const axis = emit.ints([joinedAxis(node)])
    let end = 0
    return Array.from({ length: node.inputCount }, (_, index) => {
      const start = end
      end += sizeAlongAxis(node, index) ?? 0
      if (!node.wants(index)) return undefined
      const bounds = [emit.ints([start]), emit.ints([end]), axis]
      return emit.op('Slice', [node.outputGradient(0), ...bounds], {}, `dX${index}`)
    })
  },
}

function joinedAxis(node: ForwardNode): number {
  const axis = node.int('axis', 0)
  return axis < 0 ? axis + node.outputDims(0).length : axis
}

function sizeAlongAxis(node: ForwardNode, input: number): number | undefined {
  const size = node.inputDims(input)[joinedAxis(node)]
  return typeof size === 'number' ? size : undefined
}
