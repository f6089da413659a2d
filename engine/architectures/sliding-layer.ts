import type { SizeArithmetic, WindowMend } from '../protocol/architecture.ts'
import { ImpossibleLayer } from './impossible-layer.ts'
import { type SlidingLayer, kernelExtent } from './kernel-extent.ts'
import { arithmeticText, windowArithmetic } from './window-arithmetic.ts'
import { windowMends } from './window-mends.ts'

/** What a window gives as it slides over a map. */
export interface Slide {
  readonly size: readonly [number, number]
  readonly arithmetic: { readonly height: SizeArithmetic; readonly width: SizeArithmetic }
  readonly warning?: string
  readonly mends?: readonly WindowMend[]
}

/** Sizes along both axes. Throws ImpossibleLayer where one comes out below 1 or a pool pads as far as it reaches. */
export function slideWindow(layer: SlidingLayer, inputHeight: number, inputWidth: number): Slide {
  const extent = kernelExtent(layer)
  if (layer.kind !== 'conv' && (layer.padding[0] >= layer.kernel[0] || layer.padding[1] >= layer.kernel[1])) {
    throw new ImpossibleLayer(
      `"${layer.name}" pads by ${layer.padding.join('×')} with a window of ${layer.kernel.join('×')}: the padding of a pool must be smaller than its window.`,
    )
  }
  const axis = (at: 0 | 1, input: number) =>
    windowArithmetic(input, { kernel: extent[at], padding: layer.padding[at], stride: layer.stride[at] })
  const height = axis(0, inputHeight)
  const width = axis(1, inputWidth)
  const rounding = layer.kind !== 'conv' && layer.ceil === true ? 'ceil' : 'floor'
  for (const [name, size] of [['height', height] as const, ['width', width] as const]) {
    if (size[rounding] < 1) {
      throw new ImpossibleLayer(
        `"${layer.name}" cannot slide a window of ${size.kernel} over a ${name} of ${size.input}: ${arithmeticText(size)}; use a smaller kernel, more padding, or remove a pool before it.`,
      )
    }
  }
  const slide = { size: [height[rounding], width[rounding]] as const, arithmetic: { height, width } }
  const uneven = [height, width].filter(({ isWhole }) => !isWhole)
  if (uneven.length === 0) return slide
  // Square pictures and kernels have the same arithmetic along both axes: it is said once.
  const warning = [...new Set(uneven.map((size) => unevenText(size, rounding)))].join(' ')
  return { ...slide, warning, mends: windowMends(layer, inputHeight, inputWidth) }
}

function unevenText(size: SizeArithmetic, rounding: 'floor' | 'ceil'): string {
  const other = rounding === 'floor' ? 'ceil' : 'floor'
  return `${arithmeticText(size)} is not whole: ${rounding} gives ${size[rounding]} (used), ${other} would give ${size[other]}.`
}
