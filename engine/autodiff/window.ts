import { NodeRefusal } from './node-refusal.ts'
import type { ForwardNode } from './rule.ts'

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
  const rank = kernel.length
  const autoPad = node.string('auto_pad', 'NOTSET')
  const pads = node.ints('pads') ?? []
  return kernel.map((size, axis) => {
    const inputSize = known(node.inputDims(0)[axis + 2])
    const outputSize = known(node.outputDims(0)[axis + 2])
    const stride = node.ints('strides')?.[axis] ?? 1
    const dilation = node.ints('dilations')?.[axis] ?? 1
    const span = stride * (outputSize - 1) + dilation * (size - 1) + 1
    let [padBegin, padEnd] = [pads[axis] ?? 0, pads[axis + rank] ?? 0]
    if (autoPad === 'VALID') [padBegin, padEnd] = [0, 0]
    if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
      const total = Math.max(span - inputSize, 0)
      const smaller = Math.floor(total / 2)
      ;[padBegin, padEnd] = autoPad === 'SAME_UPPER' ? [smaller, total - smaller] : [total - smaller, smaller]
    }
    return {
      inputSize,
      outputSize,
      kernel: size,
      stride,
      dilation,
      padBegin,
      padEnd,
      unused: inputSize + padBegin + padEnd - span,
    }
  })

  function known(size: number | string | undefined): number {
    if (typeof size === 'number') return size
    throw new NodeRefusal("slides over an image of unknown size; give the graph's inputs concrete heights and widths.")
  }
}

/** Pads as the operators take them: every begin, then every end. */
export function padsOf(axes: readonly Pick<WindowAxis, 'padBegin' | 'padEnd'>[]): readonly number[] {
  return [...axes.map((axis) => axis.padBegin), ...axes.map((axis) => axis.padEnd)]
}
