import type { GradientRule } from '../rule.ts'
import { float } from '../../onnx/graph-builder.ts'

/**
 * Y = alpha A' B' + beta C with A' = A or A^T, B' = B or B^T
 * =>  dA' = alpha dY B'^T, dB' = alpha A'^T dY, each as one Gemm that also undoes the transposition; dC = beta dY.
 */
export const gemmRule: GradientRule = {
  opType: 'Gemm',
  keeps: { inputs: [0, 1], outputs: [] },
  gradient(node, emit) {
    const dY = node.outputGradient(0)
    const [transA, transB] = [node.int('transA', 0), node.int('transB', 0)]
    const alpha = float(node.float('alpha', 1))
    const product = (label: string, left: string, right: string, leftTransposed: number, rightTransposed: number) =>
      emit.op('Gemm', [left, right], { alpha, transA: leftTransposed, transB: rightTransposed }, label)
    return [
      node.wants(0) ? inputGradient(node.input(1)) : undefined,
      node.wants(1) ? weightGradient(node.input(0)) : undefined,
      node.wants(2) ? emit.sumToShape(scaled(), node.outputDims(0), node.inputDims(2)) : undefined,
    ]

    function inputGradient(B: string): string {
      return transA === 0 ? product('dA', dY, B, 0, 1 - transB) : product('dA', B, dY, transB, 1)
    }

    function weightGradient(A: string): string {
      return transB === 0 ? product('dB', A, dY, 1 - transA, 0) : product('dB', dY, A, 1, transA)
    }

    function scaled(): string {
      const beta = node.float('beta', 1)
      return beta === 1 ? dY : emit.op('Mul', [dY, emit.scalar(beta)], {}, 'scaled')
    }
  },
}
