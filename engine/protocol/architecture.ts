import { z } from 'zod'

const size = z.number().int().positive()
const name = z.string().min(1)

/** Kernel, stride and padding are [height, width]; padding is the same on both sides. */
const pair = z.tuple([size, size])
const padding = z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()])

export const layerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('conv'),
    name,
    /** K: the number of filters. */
    filters: size,
    kernel: pair,
    stride: pair,
    padding,
  }),
  z.object({ kind: z.literal('relu'), name }),
  z.object({ kind: z.literal('maxPool'), name, kernel: pair, stride: pair, padding }),
  z.object({ kind: z.literal('averagePool'), name, kernel: pair, stride: pair, padding }),
  z.object({ kind: z.literal('dropout'), name, rate: z.number().min(0).max(0.95) }),
  z.object({
    kind: z.literal('fullyConnected'),
    name,
    /** 'classes' is the number of classes of the data set. */
    units: z.union([size, z.literal('classes')]),
  }),
])

/** A network as a list of layers; it ends in the logits. */
export const architectureSchema = z.object({
  name,
  layers: z.array(layerSchema).min(1).max(500),
})

export type Layer = z.infer<typeof layerSchema>
export type LayerKind = Layer['kind']
export type Architecture = z.infer<typeof architectureSchema>

/** What an architecture is built for. */
export const inputShapeSchema = z.object({
  channels: z.union([z.literal(1), z.literal(3)]),
  height: size,
  width: size,
  classes: z.number().int().min(2),
})
export type InputShape = z.infer<typeof inputShapeSchema>

/** One axis of (W − F + 2P) / S + 1, spelled out. */
export interface SizeArithmetic {
  readonly input: number
  readonly kernel: number
  readonly padding: number
  readonly stride: number
  /** The exact quotient + 1, possibly not whole. */
  readonly exact: number
  readonly floor: number
  readonly ceil: number
  readonly isWhole: boolean
}

export interface LayerDescription {
  readonly name: string
  readonly kind: LayerKind
  /** [C, H, W], or [units] after a fully connected layer. */
  readonly outputShape: readonly number[]
  /** Height and width arithmetic for layers that slide a window. */
  readonly arithmetic?: { readonly height: SizeArithmetic; readonly width: SizeArithmetic }
  readonly parameters: number
  /** '5·5·1·6 + 6', empty for layers without weights. */
  readonly parameterFormula: string
  readonly multiplyAdds: number
  /** A size that is not whole (runs with floor), as a full sentence. */
  readonly warning?: string
}

export interface ArchitectureDescription {
  readonly layers: readonly LayerDescription[]
  readonly parameters: number
  readonly multiplyAdds: number
  /** Set when the network cannot be built; `layers` then holds those that come before. */
  readonly error?: { readonly layer: string; readonly message: string }
}
