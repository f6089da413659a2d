import { z } from 'zod'

const size = z.number().int().positive()
const name = z.string().min(1)

/** Kernel, stride and padding are [height, width]; padding is the same on both sides. */
export const pairSchema = z.tuple([size, size])
export const paddingSchema = z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()])

/** Names of the layers it reads, or IMAGE; the layer before it where left out. */
const from = z.array(name).min(1).max(64).optional()
const base = { name, from }
const windowed = { ...base, kernel: pairSchema, stride: pairSchema, padding: paddingSchema }
/** Whether a last window that the map only begins counts too: floor where left out. */
const ceil = z.boolean().optional()

export const layerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('conv'),
    ...windowed,
    /** K: the number of filters. */
    filters: size,
    /** Gaps between the weights of a kernel are one less; [1, 1] where left out. */
    dilation: pairSchema.optional(),
    /** Filters of a group read only that group's share of the channels; 1 where left out. */
    groups: size.optional(),
    /** True where left out. */
    bias: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('relu'), ...base }),
  z.object({ kind: z.literal('leakyRelu'), ...base, slope: z.number().min(0).max(1) }),
  z.object({ kind: z.literal('elu'), ...base }),
  z.object({ kind: z.literal('gelu'), ...base }),
  z.object({ kind: z.literal('sigmoid'), ...base }),
  z.object({ kind: z.literal('tanh'), ...base }),
  z.object({ kind: z.literal('maxPool'), ...windowed, ceil }),
  z.object({ kind: z.literal('averagePool'), ...windowed, ceil }),
  z.object({ kind: z.literal('globalMaxPool'), ...base }),
  z.object({ kind: z.literal('globalAveragePool'), ...base }),
  z.object({ kind: z.literal('batchNorm'), ...base }),
  z.object({
    kind: z.literal('localResponseNorm'),
    ...base,
    /** Neighbouring channels, itself among them. */
    size,
    alpha: z.number().positive(),
    beta: z.number().positive(),
    bias: z.number().positive(),
  }),
  z.object({ kind: z.literal('dropout'), ...base, rate: z.number().min(0).max(0.95) }),
  z.object({
    kind: z.literal('fullyConnected'),
    ...base,
    /** 'classes' is the number of classes of the data set. */
    units: z.union([size, z.literal('classes')]),
  }),
  /** All channels of what it reads, one after another. */
  z.object({ kind: z.literal('concat'), ...base }),
  /** The sum of what it reads. */
  z.object({ kind: z.literal('add'), ...base }),
  /**
   * What it reads, every stride-th row and column of it, with channels of zeros behind: the shortcut without weights of
   * residual networks (He et al. 2016, option A).
   */
  z.object({ kind: z.literal('shortcut'), ...base, channels: size, stride: pairSchema }),
])

/** What layers call the picture in `from`. */
export const IMAGE = 'image'

const layers = z.array(layerSchema).min(1).max(1000)

/**
 * An auxiliary classifier that only training sees (Szegedy et al. 2014): its first layer reads the layer `from` of the
 * network, the others each other; the last gives logits, whose loss is added to that of the network, times `weight`.
 */
export const headSchema = z.strictObject({ from: name, weight: z.number().positive().max(10), layers })

/** A network as a list of layers, each behind all that it reads; the last gives the logits. */
export const architectureSchema = z.object({
  name,
  layers,
  /** Left out where training sees nothing but the layers. */
  heads: z.array(headSchema).min(1).max(16).optional(),
})

export type Layer = z.infer<typeof layerSchema>
export type LayerKind = Layer['kind']
export type Head = z.infer<typeof headSchema>
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
  /** How far the window reaches: with gaps, more than it has weights. */
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
  /** Where a size is not whole: the nearest changes of one number after which it is. */
  readonly mends?: readonly WindowMend[]
  /**
   * The same layer written as the other kind, with the same weights in the same order: a fully connected layer as the
   * convolution whose window is the whole map, and such a convolution as a fully connected layer.
   */
  readonly otherForm?: Layer
  /** Height and width of the part of the picture that one value sees; left out behind layers that see all of it. */
  readonly receptiveField?: readonly [number, number]
}

/** A change of one number of a window. */
export interface WindowMend {
  readonly field: 'kernel' | 'stride' | 'padding'
  readonly value: readonly [number, number]
  /** Height and width that come out. */
  readonly size: readonly [number, number]
}

/** An auxiliary head, counted apart: it is no part of the network that is kept. */
export interface HeadDescription {
  readonly layers: readonly LayerDescription[]
  readonly parameters: number
}

export interface ArchitectureDescription {
  readonly layers: readonly LayerDescription[]
  /** Without the heads, as are the multiply-adds: of what is kept and used after training. */
  readonly parameters: number
  readonly multiplyAdds: number
  /** In the order of the architecture's heads; left out where it has none. */
  readonly heads?: readonly HeadDescription[]
  /** Set when the network cannot be built; `layers` then holds those that come before. */
  readonly error?: { readonly layer: string; readonly message: string }
}

/** What can be built but is most likely not meant. */
export interface ArchitectureConcern {
  /** Left out where it is about the whole network. */
  readonly layer?: string
  /** A full sentence. */
  readonly message: string
}

/** A network to start from, and a sentence why. */
export interface SuitedPreset {
  readonly name: string
  readonly reason: string
}
