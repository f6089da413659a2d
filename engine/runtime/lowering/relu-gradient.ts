import type { Node } from '../../onnx/graph.ts'
import type { Site } from './site.ts'

/** The gradient of a ReLU's input, as its rule emits it. */
export interface ReluGradient {
  /** The ReLU's output. */
  readonly y: string
  readonly dY: string
}

/** Recognises dX = Where(Greater(y, 0), dY, 0). */
export function matchReluGradient(node: Node, site: Site): ReluGradient | undefined {
  if (node.opType !== 'Where') return undefined
  const [isPositive, dY, otherwise] = node.inputs as readonly [string, string, string]
  const greater = site.producedBy(isPositive, 'Greater')
  if (greater === undefined || !isZero(otherwise, site) || !isZero(greater.inputs[1] as string, site)) return undefined
  return { y: greater.inputs[0] as string, dY }
}

function isZero(tensor: string, site: Site): boolean {
  const constant = site.constant(tensor)
  return constant?.dims.length === 0 && constant.data[0] === 0
}
