import { type Node, intAttribute, intsAttribute, stringAttribute } from '../../onnx/graph.ts'

/** How a two-dimensional Conv, ConvTranspose or pooling node slides; sizes in elements, [vertical, horizontal]. */
export interface Window {
  readonly stride: readonly [number, number]
  readonly dilation: readonly [number, number]
  readonly padBegin: readonly [number, number]
  readonly padEnd: readonly [number, number]
  readonly group: number
}

/** The window of a two-dimensional node; undefined where its pads are left to the runtime (auto_pad) or it has another rank. */
export function windowOf(node: Node): Window | undefined {
  if (stringAttribute(node, 'auto_pad', 'NOTSET') !== 'NOTSET') return undefined
  const stride = intsAttribute(node, 'strides') ?? [1, 1]
  const dilation = intsAttribute(node, 'dilations') ?? [1, 1]
  const pads = intsAttribute(node, 'pads') ?? [0, 0, 0, 0]
  if (stride.length !== 2 || dilation.length !== 2 || pads.length !== 4) return undefined
  const [top, left, bottom, right] = pads as [number, number, number, number]
  return {
    stride: [stride[0] as number, stride[1] as number],
    dilation: [dilation[0] as number, dilation[1] as number],
    padBegin: [top, left],
    padEnd: [bottom, right],
    group: intAttribute(node, 'group', 1),
  }
}

export function isPair(pair: readonly [number, number], value: number): boolean {
  return pair[0] === value && pair[1] === value
}
