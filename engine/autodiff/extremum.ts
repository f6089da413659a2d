import type { Emitter, ForwardNode } from './rule.ts'

/** The gradients of an elementwise Max or Min: dY goes to the input that was taken, in equal parts to tied ones. */
export function extremumGradients(node: ForwardNode, emit: Emitter): readonly (string | undefined)[] {
  const indices = Array.from({ length: node.inputCount }, (_, index) => index)
  const taken = indices.map((index) => {
    const equal = emit.op('Equal', [node.input(index), node.output(0)], {}, `is-taken-${index}`)
    return emit.op('Cast', [equal], { to: 1 }, `taken-${index}`)
  })
  const count = emit.op('Sum', taken, {}, 'tied')
  const share = emit.op('Div', [node.outputGradient(0), count], {}, 'share')
  return indices.map((index) =>
    node.wants(index) ? emit.op('Mul', [share, taken[index] as string], {}, `dX${index}`) : undefined,
  )
}
