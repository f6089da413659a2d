import { z } from 'zod'

const perChannel = z.array(z.number()).min(1).max(4)

/** How a picture's pixels, 0–255, become what a model expects: (pixel − mean[c]) / standardDeviation[c], channels in `colourOrder`. */
export const preprocessingSchema = z.object({
  colourOrder: z.enum(['rgb', 'bgr']),
  /** One for each channel, in the order the model receives them. */
  mean: perChannel,
  standardDeviation: z.array(z.number().positive()).min(1).max(4),
})
export type Preprocessing = z.infer<typeof preprocessingSchema>

/** An input or output of a model; a size that is only known at run time has a name ('batch'). */
export interface ModelValue {
  readonly name: string
  /** 'float32', 'int64' …; 'unknown' where the file does not say. */
  readonly dataType: string
  /** Empty where the file does not state them. */
  readonly dims: readonly (number | string)[]
}

/** The input that takes pictures. A size left out is free. */
export interface ImageInput {
  readonly name: string
  readonly layout: 'nchw' | 'nhwc'
  readonly channels: number
  readonly height?: number
  readonly width?: number
  readonly batch?: number
}

export const layerOperators = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul'] as const
export type LayerOperator = (typeof layerOperators)[number]

/** A layer of a model whose weights are filters. */
export interface ModelLayer {
  /** Unique, and what a person recognises: 'layer1.0.conv1'. */
  readonly name: string
  /** The `id` of its node. */
  readonly nodeId: string
  readonly operator: LayerOperator
  /** The initializer that holds the kernels, perhaps in another arrangement or element type. */
  readonly weight: string
  /** [F, C, kH, kW], C the channels one filter sees; rows of a fully connected layer take the shape of the map they read, where it is one. */
  readonly shape: readonly [number, number, number, number]
  readonly groups: number
  /** [height, width], as are the next; left out for fully connected layers. */
  readonly stride?: readonly [number, number]
  readonly dilation?: readonly [number, number]
  /** [top, left, bottom, right]; left out where it follows from the size of the picture. */
  readonly padding?: readonly [number, number, number, number]
  readonly parameters: number
  /** '7·7·3·64 + 64' */
  readonly parameterFormula: string
  /** For one picture; left out where the size of the output is not known. */
  readonly multiplyAdds?: number
  readonly outputShape?: readonly (number | string)[]
  readonly trainable: boolean
  /** One sentence where it is not trainable. */
  readonly whyNot?: string
  /** The element type in the file where that is not float32. */
  readonly storedAs?: string
  /** The If, Loop or Scan in whose body it is; `nodeId` is that of this node then. */
  readonly body?: string
  /** The first layer that uses the same weights. */
  readonly sharedWith?: string
}

/** An operator that depends on the input; what only computes constants is not listed. */
export interface ModelNode {
  /** Unique: the name of the value it gives first. */
  readonly id: string
  readonly name: string
  readonly operator: string
  /** Ids of the nodes whose values it takes, 'input:NAME' for an input of the model. */
  readonly inputs: readonly string[]
  readonly outputShape?: readonly (number | string)[]
  /** The name of its ModelLayer. */
  readonly layer?: string
  /** The module it belongs to: 'layer1.0'. */
  readonly scope?: string
}

/** A node no gradient can pass. */
export interface TrainingObstacle {
  /** The `id` of the node. */
  readonly node: string
  readonly operator: string
  /** One sentence for a person. */
  readonly reason: string
  /** The ids of nodes that stand in the way for the very same reason. */
  readonly others?: readonly string[]
}

/** Everything found out about a model file by reading it. */
export interface ModelSummary {
  readonly path: string
  /** The file's name without its ending. */
  readonly title: string
  /** Of the file and of those beside it that hold its weights. */
  readonly byteLength: number
  /** 'pytorch 1.13.1'; empty where the file does not say. */
  readonly producer: string
  readonly opset: number
  readonly inputs: readonly ModelValue[]
  readonly outputs: readonly ModelValue[]
  readonly image?: ImageInput
  /** Only where the file says so. */
  readonly preprocessing?: Preprocessing
  readonly output: {
    readonly name: string
    readonly kind: 'logits' | 'probabilities' | 'logProbabilities' | 'unknown'
    readonly classes?: number
  }
  readonly classNames?: readonly string[]
  readonly layers: readonly ModelLayer[]
  readonly nodes: readonly ModelNode[]
  /** Of all layers and normalisations. */
  readonly parameters: number
  /** Of all layers, for one picture; left out where one is not known. */
  readonly multiplyAdds?: number
  readonly training: {
    readonly possible: boolean
    /** Every node that stands in the way. */
    readonly obstacles: readonly TrainingObstacle[]
    /** Frozen up to and with this layer, the rest can be trained. */
    readonly freezeBelow?: string
  }
  /** The layer that gives the classes, which can be replaced by one for other classes. */
  readonly head?: { readonly layer: string; readonly form: 'gemm' | 'matMul' | 'conv' }
}
