import type { Dimension } from '../../onnx/graph.ts'
import type { Emitter, GradientRule } from '../rule.ts'

/**
 * Y = A B over the last two axes, the leading ones broadcast  =>  dA = dY B^T and dB = A^T dY, summed over broadcast
 * axes. A vector A counts as a row [1,K], a vector B as a column [K,1].
 */
export const matMulRule: GradientRule = {
  opType: 'MatMul',
  keeps: { inputs: [0, 1], outputs: [] },
  gradient(node, emit) {
    const [a, b, y] = [node.inputDims(0), node.inputDims(1), node.outputDims(0)]
    const [aMatrix, bMatrix] = [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b]
    const batch = y.slice(0, y.length - (a.length > 1 ? 1 : 0) - (b.length > 1 ? 1 : 0))
    const rows = aMatrix.at(-2) as Dimension
    const inner = aMatrix.at(-1) as Dimension
    const columns = bMatrix.at(-1) as Dimension
    const dY = reshapeUnlessEqual(emit, node.outputGradient(0), y, [...batch, rows, columns], 'dY')
    return [node.wants(0) ? leftGradient() : undefined, node.wants(1) ? rightGradient() : undefined]

    function leftGradient(): string {
      const B = reshapeUnlessEqual(emit, node.input(1), b, bMatrix, 'dA/right')
      const product = emit.op('MatMul', [dY, swapLastAxes(emit, B, bMatrix.length, 'dA/transposed')], {}, 'dA')
      const summed = emit.sumToShape(product, [...batch, rows, inner], aMatrix)
      return reshapeUnlessEqual(emit, summed, aMatrix, a, 'dA/vector')
    }

    function rightGradient(): string {
      const A = reshapeUnlessEqual(emit, node.input(0), a, aMatrix, 'dB/left')
      const product = emit.op('MatMul', [swapLastAxes(emit, A, aMatrix.length, 'dB/transposed'), dY], {}, 'dB')
      const summed = emit.sumToShape(product, [...batch, inner, columns], bMatrix)
      return reshapeUnlessEqual(emit, summed, bMatrix, b, 'dB/vector')
    }
  },
}

function swapLastAxes(emit: Emitter, value: string, rank: number, label: string): string {
  const leading = Array.from({ length: rank - 2 }, (_, axis) => axis)
  return emit.op('Transpose', [value], { perm: [...leading, rank - 1, rank - 2] }, label)
}

function reshapeUnlessEqual(
  emit: Emitter,
  value: string,
  from: readonly Dimension[],
  to: readonly Dimension[],
  label: string,
): string {
  return from.length === to.length ? value : emit.reshape(value, to, label)
}
