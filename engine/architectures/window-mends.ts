import type { WindowMend } from '../protocol/architecture.ts'
import type { SlidingLayer } from './kernel-extent.ts'
import { type AxisWindow, windowArithmetic } from './window-arithmetic.ts'

type Field = WindowMend['field']

/** No window that is used reaches further, and none that pads or strides further is wanted. */
const FURTHEST = 32

/**
 * The nearest padding, stride and kernel (each on its own) with which the window fits whole into the map along both
 * axes, nearest first; a change of both axes together, since windows that are not square are rarely meant.
 */
export function windowMends(layer: SlidingLayer, height: number, width: number): WindowMend[] {
  const fields: readonly Field[] = ['padding', 'stride', 'kernel']
  return fields
    .map((field) => nearestMend(layer, field, height, width))
    .filter((mend) => mend !== undefined)
    .toSorted((one, other) => distance(layer, one) - distance(layer, other))
}

function nearestMend(layer: SlidingLayer, field: Field, height: number, width: number): WindowMend | undefined {
  const vertical = nearestOnAxis(layer, field, 0, height)
  const horizontal = nearestOnAxis(layer, field, 1, width)
  if (vertical === undefined || horizontal === undefined) return undefined
  return { field, value: [vertical.value, horizontal.value], size: [vertical.size, horizontal.size] }
}

function nearestOnAxis(layer: SlidingLayer, field: Field, axis: 0 | 1, input: number) {
  const now = layer[field][axis]
  const candidates = Array.from({ length: FURTHEST + 1 }, (_, value) => value)
    // At the same distance the larger: it sees more and keeps more.
    .toSorted((one, other) => Math.abs(one - now) - Math.abs(other - now) || other - one)
  for (const value of candidates) {
    if (value < (field === 'padding' ? 0 : 1)) continue
    const gap = (layer.kind === 'conv' ? layer.dilation?.[axis] : undefined) ?? 1
    const kernel = field === 'kernel' ? value : layer.kernel[axis]
    const window: AxisWindow = {
      kernel: gap * (kernel - 1) + 1,
      padding: field === 'padding' ? value : layer.padding[axis],
      stride: field === 'stride' ? value : layer.stride[axis],
    }
    // A window that stops overlapping what it pads, or that only sees padding, mends nothing.
    if (window.padding >= window.kernel) continue
    const { isWhole, exact } = windowArithmetic(input, window)
    if (isWhole && exact >= 1) return { value, size: exact }
  }
  return undefined
}

function distance(layer: SlidingLayer, { field, value }: WindowMend): number {
  return Math.abs(value[0] - layer[field][0]) + Math.abs(value[1] - layer[field][1])
}
