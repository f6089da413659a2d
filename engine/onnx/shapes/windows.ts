import { type Dimension, intAttribute, intsAttribute, stringAttribute } from '../graph.ts'
import type { KnownValue } from './dimensions.ts'
import type { ShapeContext } from './shape-context.ts'

/** How a kernel slides over the spatial axes, as the attributes of Conv and the pools say it; one entry per axis. */
export interface Windows {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padsBegin: readonly number[]
  readonly padsEnd: readonly number[]
  readonly autoPad: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'
  readonly ceilMode: boolean
}

/** The windows of a node over `kernel.length` spatial axes; throws ShapeError for lists of another length and for sizes below 1. */
export function readWindows(context: ShapeContext, kernel: readonly number[]): Windows {
  const { node } = context
  const rank = kernel.length
  const list = (name: string, length: number, fallback: number): readonly number[] => {
    const values = intsAttribute(node, name) ?? Array.from({ length }, () => fallback)
    if (values.length !== length) context.fail(`'${name}' is [${values.join(', ')}] but needs ${length} numbers`)
    return values
  }
  const strides = list('strides', rank, 1)
  const dilations = list('dilations', rank, 1)
  const pads = list('pads', 2 * rank, 0)
  for (const [name, values] of Object.entries({ kernel_shape: kernel, strides, dilations })) {
    if (values.some((value) => value < 1)) context.fail(`'${name}' is [${values.join(', ')}]; each must be at least 1`)
  }
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET')
  if (autoPad !== 'NOTSET' && autoPad !== 'SAME_UPPER' && autoPad !== 'SAME_LOWER' && autoPad !== 'VALID') {
    return context.fail(`'auto_pad' is '${autoPad}'`)
  }
  const explicit = autoPad === 'NOTSET'
  return {
    kernel,
    strides,
    dilations,
    padsBegin: pads.slice(0, rank).map((pad) => (explicit ? pad : 0)),
    padsEnd: pads.slice(rank).map((pad) => (explicit ? pad : 0)),
    autoPad,
    ceilMode: intAttribute(node, 'ceil_mode', 0) === 1,
  }
}

/**
 * Number of windows along each axis: floor((W + begin + end - ((F - 1) D + 1)) / S) + 1, with ceil in ceil mode, where
 * a last window that would start in the end padding is left out; ceil(W / S) for SAME padding.
 * Throws ShapeError where a window does not fit.
 */
export function slide(context: ShapeContext, sizes: readonly Dimension[], windows: Windows): readonly KnownValue[] {
  return sizes.map((size, axis) => {
    const stride = windows.strides[axis] as number
    const begin = windows.padsBegin[axis] as number
    const end = windows.padsEnd[axis] as number
    const extent = ((windows.kernel[axis] as number) - 1) * (windows.dilations[axis] as number) + 1
    const same = windows.autoPad.startsWith('SAME')
    if (typeof size === 'string') {
      const keepsSize = stride === 1 && (same || begin + end === extent - 1)
      return keepsSize ? size : undefined
    }
    if (same) return Math.ceil(size / stride)
    const room = size + begin + end - extent
    if (room < 0) {
      context.fail(
        `the window of ${extent} does not fit the ${size} + ${begin} + ${end} = ${size + begin + end} elements of spatial axis ${axis}`,
      )
    }
    if (!windows.ceilMode) return Math.floor(room / stride) + 1
    const count = Math.ceil(room / stride) + 1
    return (count - 1) * stride >= size + begin ? count - 1 : count
  })
}
