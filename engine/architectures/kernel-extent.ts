import type { Layer } from '../protocol/architecture.ts'

export type SlidingLayer = Extract<Layer, { kernel: [number, number] }>

/** How far a kernel reaches along both axes, gaps included. */
export function kernelExtent(layer: SlidingLayer): [number, number] {
  const [byRow, byColumn] = (layer.kind === 'conv' ? layer.dilation : undefined) ?? [1, 1]
  return [byRow * (layer.kernel[0] - 1) + 1, byColumn * (layer.kernel[1] - 1) + 1]
}
