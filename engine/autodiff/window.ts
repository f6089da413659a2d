import { elementCount } from '../onnx/graph.ts'
import { requireAffordable } from './affordable.ts'
import { NodeRefusal } from './node-refusal.ts'
import type { Emitter, ForwardNode } from './rule.ts'

/** A sliding window along one spatial axis, all sizes in elements. */
export interface WindowAxis {
  readonly inputSize: number
  readonly outputSize: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly padBegin: number
  readonly padEnd: number
  /** Padded elements behind the last window; negative where ceil mode lets that window stick out. */
  readonly unused: number
}

/**
 * The window of a Conv or pooling node along each spatial axis, with auto_pad resolved to numbers.
 * `kernel` is the window's size per axis. Throws NodeRefusal where a spatial size is unknown.
 */
export function windowAxes(node: ForwardNode, kernel: readonly number[]): readonly WindowAxis[] {
  const autoPad = node.string('auto_pad', 'NOTSET')
  return kernel.map((size, axis) => {
    const { stride, dilation, pads } = stated(node, axis, kernel.length)
    const inputSize = known(node.inputDims(0)[axis + 2])
    const outputSize = known(node.outputDims(0)[axis + 2])
    const span = stride * (outputSize - 1) + dilation * (size - 1) + 1
    const [padBegin, padEnd] = autoPad.startsWith('SAME')
      ? shared(Math.max(span - inputSize, 0), autoPad === 'SAME_UPPER')
      : pads
    const unused = inputSize + padBegin + padEnd - span
    return { inputSize, outputSize, kernel: size, stride, dilation, padBegin, padEnd, unused }
  })
}

/**
 * The window of the convolution that a ConvTranspose node is the transpose of: it slides over the node's output and has
 * one position for each element of its input. Padding that follows from output_shape or auto_pad is resolved to numbers.
 * Throws NodeRefusal where a spatial size is unknown.
 */
export function transposedWindowAxes(node: ForwardNode, kernel: readonly number[]): readonly WindowAxis[] {
  const autoPad = node.string('auto_pad', 'NOTSET')
  const isSized = node.ints('output_shape') !== undefined || autoPad.startsWith('SAME')
  return kernel.map((size, axis) => {
    const { stride, dilation, pads } = stated(node, axis, kernel.length)
    const inputSize = known(node.outputDims(0)[axis + 2])
    const outputSize = known(node.inputDims(0)[axis + 2])
    const span = stride * (outputSize - 1) + dilation * (size - 1) + 1
    const added = node.ints('output_padding')?.[axis] ?? 0
    const [padBegin, padEnd] = isSized ? shared(Math.max(span + added - inputSize, 0), autoPad === 'SAME_UPPER') : pads
    const unused = inputSize + padBegin + padEnd - span
    return { inputSize, outputSize, kernel: size, stride, dilation, padBegin, padEnd, unused }
  })
}

/** Stride, dilation and explicit padding along one of `rank` spatial axes. */
function stated(node: ForwardNode, axis: number, rank: number) {
  const isExplicit = node.string('auto_pad', 'NOTSET') === 'NOTSET'
  const pads = isExplicit ? node.ints('pads') : undefined
  return {
    stride: node.ints('strides')?.[axis] ?? 1,
    dilation: node.ints('dilations')?.[axis] ?? 1,
    pads: [pads?.[axis] ?? 0, pads?.[axis + rank] ?? 0] as const,
  }
}

/** Padding shared out between both ends, the odd one behind the image or before it. */
function shared(total: number, isOddBehind: boolean): readonly [number, number] {
  const smaller = Math.floor(total / 2)
  return isOddBehind ? [smaller, total - smaller] : [total - smaller, smaller]
}

function known(size: number | string | undefined): number {
  if (typeof size === 'number') return size
  throw new NodeRefusal("slides over an image of unknown size; give the graph's inputs concrete heights and widths.")
}

/** Pads as the operators take them: every begin, then every end. */
export function padsOf(axes: readonly Pick<WindowAxis, 'padBegin' | 'padEnd'>[]): readonly number[] {
  return [...axes.map((axis) => axis.padBegin), ...axes.map((axis) => axis.padEnd)]
}

/** `values` [planes, 1, windows...] added to every element of the image that its window covers: [planes, 1, image...]. */
export function spreadOverWindows(emit: Emitter, values: string, axes: readonly WindowAxis[]): string {
  const kernel = axes.map((axis) => axis.kernel)
  requireAffordable(elementCount(kernel))
  const ones = emit.tensor('ones', [1, 1, ...kernel], new Float32Array(elementCount(kernel)).fill(1))
  const attributes = {
    dilations: axes.map((axis) => axis.dilation),
    group: 1,
    kernel_shape: kernel,
    output_padding: axes.map((axis) => Math.max(axis.unused, 0)),
    pads: padsOf(axes.map((axis) => ({ ...axis, padEnd: axis.padEnd + Math.max(-axis.unused, 0) }))),
    strides: axes.map((axis) => axis.stride),
  }
  return emit.op('ConvTranspose', [values, ones], attributes, 'spread')
}
