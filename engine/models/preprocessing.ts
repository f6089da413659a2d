import { z } from 'zod'
import { type Node, type Tensor, floatAttribute } from '../onnx/graph.ts'
import { type ImageInput, type Preprocessing, preprocessingSchema } from '../protocol/models.ts'
import { float32Values } from '../onnx/float-values.ts'
import type { GraphFacts } from './graph-facts.ts'

const mostChannels = 4

type Metadata = Readonly<Record<string, string>>

/**
 * How pixels become what the image input expects, where the file says so: in metadata, or by a normalisation at the
 * head of its graph, whose numbers tell whether it takes pixels of 0–255 or of 0–1.
 */
export function findPreprocessing(image: ImageInput, metadata: Metadata, facts: GraphFacts): Preprocessing | undefined {
  // More channels than a picture has are no channels of a picture.
  if (image.channels > mostChannels) return undefined
  return fromMetadata(image.channels, metadata) ?? fromGraph(image, metadata, facts)
}

function fromMetadata(channels: number, metadata: Metadata): Preprocessing | undefined {
  const stated = preprocessingSchema.safeParse(parseJson(metadata['preprocessing']))
  if (stated.success && stated.data.mean.length === channels) return stated.data
  const [mean, deviation] = [numbersIn(metadata['mean']), numbersIn(metadata['std'])]
  if (mean?.length === channels && deviation?.length === channels && deviation.every((value) => value > 0)) {
    // Numbers up to 1 are for pixels of 0–1.
    const unit = Math.max(...mean, ...deviation) <= 1 ? 255 : 1
    return scaled(
      metadata,
      mean.map((value) => value * unit),
      deviation.map((value) => value * unit),
    )
  }
  return fromImageMetadata(channels, metadata)
}

/** The keys that the ONNX documentation of image models lays down: Image.BitmapPixelFormat, Image.NominalPixelRange. */
function fromImageMetadata(channels: number, metadata: Metadata): Preprocessing | undefined {
  const byRange: Readonly<Record<string, readonly [number, number]>> = {
    NominalRange_0_255: [0, 1],
    Normalized_0_1: [0, 255],
    Normalized_1_1: [127.5, 127.5],
  }
  const range = byRange[metadata['Image.NominalPixelRange'] ?? '']
  return range === undefined ? undefined : uniform(metadata, channels, range)
}

/** x · scale + shift, one of each for every channel. */
interface Affine {
  readonly scale: readonly number[]
  readonly shift: readonly number[]
}

/**
 * Follows x through leading Sub, Div, Mul, Add and BatchNormalization. They take x from mean m and deviation s to about
 * 0 and 1, so m = −shift / scale and s = 1 / scale are in the units of x.
 */
function fromGraph({ name, channels }: ImageInput, metadata: Metadata, facts: GraphFacts): Preprocessing | undefined {
  let affine: Affine = { scale: Array(channels).fill(1) as number[], shift: Array(channels).fill(0) as number[] }
  let value = name
  let isNormalized = false
  for (;;) {
    const node = facts.links.onlyConsumer(value)
    if (node === undefined) break
    const next =
      node.opType === 'Identity' || node.opType === 'Cast' ? affine : follow(node, value, affine, channels, facts)
    if (next === undefined) break
    isNormalized ||= next !== affine
    affine = next
    value = node.outputs[0] ?? ''
  }
  if (!isNormalized) return undefined
  const range = pixelRange(affine)
  if (range === undefined) return undefined
  const stated = uniform(metadata, channels, range)
  return takesOffBlueFirst(affine) ? { ...stated, colourOrder: 'bgr' } : stated
}

/** The mean of ImageNet's pixels in the order blue, green, red, as Caffe's networks and those made of them take it off. */
const blueFirstMean = [103.939, 116.779, 123.68]

function takesOffBlueFirst(affine: Affine): boolean {
  const means = meansOf(affine)
  return means.length === 3 && means.every((mean, channel) => Math.abs(mean - (blueFirstMean[channel] as number)) < 0.1)
}

/** The pixel that becomes 0. */
function meansOf({ scale, shift }: Affine): number[] {
  return shift.map((value, channel) => -value / (scale[channel] as number))
}

/** Whether the normalisation is one of pixels 0–255 or 0–1; undefined where its numbers fit neither. */
function pixelRange(affine: Affine): readonly [number, number] | undefined {
  const deviations = affine.scale.map((value) => 1 / Math.abs(value))
  const means = meansOf(affine)
  const within = (values: readonly number[], low: number, high: number) =>
    values.every((value) => value >= low && value <= high)
  if (within(deviations, 20, 260) && within(means, -1, 256)) return [0, 1]
  if (within(deviations, 0.05, 1) && within(means, 0.05, 0.95)) return [0, 255]
  // A mean is taken off and the numbers stay as large as they are.
  if (within(deviations, 1, 1) && within(means, 20, 236)) return [0, 1]
  return undefined
}

function follow(node: Node, value: string, affine: Affine, channels: number, facts: GraphFacts): Affine | undefined {
  if (node.domain !== '') return undefined
  if (node.opType === 'BatchNormalization') return followNormalization(node, affine, channels, facts)
  const isSecond = node.inputs[1] === value
  const numbers = perChannel(constant(node.inputs[isSecond ? 0 : 1], facts), channels)
  if (numbers === undefined) return undefined
  const combine = (list: readonly number[], compute: (one: number, other: number) => number) =>
    list.map((one, channel) => compute(one, numbers[channel] as number))
  switch (node.opType) {
    case 'Add':
      return { scale: affine.scale, shift: combine(affine.shift, (one, other) => one + other) }
    case 'Sub':
      return isSecond ? undefined : { scale: affine.scale, shift: combine(affine.shift, (one, other) => one - other) }
    case 'Mul':
      return {
        scale: combine(affine.scale, (one, other) => one * other),
        shift: combine(affine.shift, (one, other) => one * other),
      }
    case 'Div':
      if (isSecond) return undefined
      return {
        scale: combine(affine.scale, (one, other) => one / other),
        shift: combine(affine.shift, (one, other) => one / other),
      }
    default:
      return undefined
  }
}

/** Its statistics are those of the pictures it was trained on; what it scales them to afterwards says nothing of them. */
function followNormalization(node: Node, { scale, shift }: Affine, channels: number, facts: GraphFacts) {
  const mean = perChannel(constant(node.inputs[3], facts), channels)
  const variance = perChannel(constant(node.inputs[4], facts), channels)
  if (mean === undefined || variance === undefined) return undefined
  const factors = variance.map((value) => 1 / Math.sqrt(value + floatAttribute(node, 'epsilon', 1e-5)))
  return {
    scale: scale.map((value, channel) => value * (factors[channel] as number)),
    shift: shift.map((value, channel) => (value - (mean[channel] as number)) * (factors[channel] as number)),
  }
}

function constant(name: string | undefined, { constants }: GraphFacts): Tensor | undefined {
  const count = constants.dims(name ?? '')?.reduce((product, size) => product * size, 1)
  const isSmall = count !== undefined && count > 0 && count <= 4
  return isSmall && constants.origin(name) !== undefined ? constants.tensor(name ?? '') : undefined
}

/** One number for each channel; undefined for a tensor with another number of them. */
function perChannel(tensor: Tensor | undefined, channels: number): readonly number[] | undefined {
  if (tensor === undefined) return undefined
  const values = [...float32Values(tensor)]
  if (values.length === channels) return values
  return values.length === 1 ? (Array(channels).fill(values[0]) as number[]) : undefined
}

function uniform(metadata: Metadata, channels: number, [mean, deviation]: readonly [number, number]): Preprocessing {
  return scaled(metadata, Array(channels).fill(mean) as number[], Array(channels).fill(deviation) as number[])
}

function scaled(metadata: Metadata, mean: readonly number[], standardDeviation: readonly number[]): Preprocessing {
  const isBlueFirst = /^bgr/i.test(metadata['Image.BitmapPixelFormat'] ?? '')
  return { colourOrder: isBlueFirst ? 'bgr' : 'rgb', mean: [...mean], standardDeviation: [...standardDeviation] }
}

const numbersSchema = z.array(z.number())

function numbersIn(text: string | undefined): readonly number[] | undefined {
  const parsed = numbersSchema.safeParse(parseJson(text?.replaceAll('(', '[').replaceAll(')', ']')))
  return parsed.success ? parsed.data : undefined
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
