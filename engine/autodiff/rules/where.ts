import type { GradientRule } from '../rule.ts'

/** Y = C ? A : B  =>  dA = C ? dY : 0, dB = C ? 0 : dY. */
export const whereRule: GradientRule = {
  opType: 'Where',
  keeps: { inputs: [0], outputs: [] },
  broadcasts: true,
  gradient(node, emit) {
    const [condition, gradient, zero] = [node.input(0), node.outputGradient(0), emit.scalar(0)]
    return [
      undefined,
      node.wants(1) ? emit.op('Where', [condition, gradient, zero], {}, 'dA') : undefined,
      node.wants(2) ? emit.op('Where', [condition, zero, gradient], {}, 'dB') : undefined,
    ]
  },
}
