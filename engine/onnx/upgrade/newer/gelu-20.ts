import { stringAttribute } from '../../graph.ts'
import { type UpgradeStep, firstOutput, part, scalarLike } from '../upgrade-step.ts'

/** X/2 · (1 + erf(X / √2)), or X/2 · (1 + tanh(√(2/π) (X + 0.044715 X³))) where the approximation is asked for. */
export const gelu20: UpgradeStep = {
  opTypes: ['Gelu'],
  version: 20,
  rewrite(node, context) {
    const [x = ''] = node.inputs
    const number = (value: number) => scalarLike(context, node, value, x)
    const binary = (opType: string, a: string, b: string) => part(context, node, opType, [a, b])
    const [half, one] = [number(0.5), number(1)]
    const nodes = [...half.nodes, ...one.nodes]
    const push = <N extends Parameters<typeof firstOutput>[0]>(added: N): string => {
      nodes.push(added)
      return firstOutput(added)
    }
    let inner: string
    if (stringAttribute(node, 'approximate', 'none') === 'tanh') {
      const [cubic, outer] = [number(0.044715), number(Math.sqrt(2 / Math.PI))]
      nodes.push(...cubic.nodes, ...outer.nodes)
      const cube = push(binary('Mul', x, push(binary('Mul', x, x))))
      const sum = push(binary('Add', x, push(binary('Mul', cube, cubic.name))))
      inner = push(part(context, node, 'Tanh', [push(binary('Mul', sum, outer.name))]))
    } else {
      const scale = number(Math.SQRT1_2)
      nodes.push(...scale.nodes)
      inner = push(part(context, node, 'Erf', [push(binary('Mul', x, scale.name))]))
    }
    const weight = push(binary('Mul', push(binary('Add', inner, one.name)), half.name))
    push(part(context, node, 'Mul', [x, weight], {}, node.outputs))
    return nodes
  },
}
