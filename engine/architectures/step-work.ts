import type { Architecture, ArchitectureDescription, InputShape, Layer } from '../protocol/architecture.ts'
import { type StepWork, type WorkKind, workKinds } from '../protocol/training-speed.ts'
import { IMAGE } from '../protocol/architecture.ts'
import { inputNames } from './layer-inputs.ts'

/**
 * How many numbers each filter of a 3×3 convolution of 16 and of 128 channels reads: the networks that speed is measured
 * with. The time of one multiply-add falls with 1 / that number, as loading and storing the maps is shared by more of them.
 */
const FEW_READ = 9 * 16
const MANY_READ = 9 * 128

type Amounts = Partial<Record<WorkKind, number>>

/** What a training step of a network does, summed over its layers; `description` is that of `architecture` for `input`. */
export function stepWork(
  architecture: Architecture,
  { layers, parameters }: ArchitectureDescription,
  input: InputShape,
): StepWork {
  const values = new Map([[IMAGE, input.channels * input.height * input.width]])
  const amounts: Amounts[] = [{ parameters }]
  for (const [index, { name, outputShape, multiplyAdds }] of layers.entries()) {
    const layer = architecture.layers[index] as Layer
    const given = product(outputShape)
    const read = inputNames(architecture, index).reduce((sum, from) => sum + (values.get(from) ?? 0), 0)
    values.set(name, given)
    amounts.push({ layers: 1, ...workOf(layer, multiplyAdds, given, read) })
  }
  const sum = (kind: WorkKind) => amounts.reduce((total, of) => total + (of[kind] ?? 0), 0)
  return Object.fromEntries(workKinds.map((kind) => [kind, sum(kind)])) as Record<WorkKind, number>
}

/** Of one picture, for a layer that reads `read` values and gives `given`. */
function workOf(layer: Layer, multiplyAdds: number, given: number, read: number): Amounts {
  switch (layer.kind) {
    case 'conv':
      return convolutionWork(layer, multiplyAdds, multiplyAdds / given)
    case 'fullyConnected':
      return { fullyConnected: multiplyAdds }
    case 'batchNorm':
      return { normalized: given }
    case 'localResponseNorm':
      return { normalized: given * layer.size }
    case 'maxPool':
    case 'averagePool':
      return { pooled: given * product(layer.kernel) }
    case 'globalMaxPool':
    case 'globalAveragePool':
      return { elementwise: read }
    case 'add':
    case 'concat':
      return { elementwise: read }
    default:
      return { elementwise: given }
  }
}

/** `perValue` is how many multiply-adds make one value: as many as a filter has weights. */
function convolutionWork(layer: Extract<Layer, { kind: 'conv' }>, multiplyAdds: number, perValue: number): Amounts {
  const window = product(layer.kernel)
  if (perValue === window && (layer.groups ?? 1) > 1) return { depthwiseConv: multiplyAdds }
  if (window === 1) return { pointwiseConv: multiplyAdds }
  const many = Math.min(1, Math.max(0, (1 / FEW_READ - 1 / perValue) / (1 / FEW_READ - 1 / MANY_READ)))
  return { fewChannelConv: multiplyAdds * (1 - many), manyChannelConv: multiplyAdds * many }
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1)
}
