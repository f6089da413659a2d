import { type Tensor, float32Tensor, intsAttribute } from '../../onnx/graph.ts'
import { matchMaxPoolGradient } from './max-pool-gradient.ts'
import type { Rewrite } from './rewrite.ts'
import type { Site } from './site.ts'
import { type Window, windowOf } from './window-node.ts'

const float32Code = 1
const lowest = -3.4028234663852886e38
/** Graphics processors bind a dozen buffers to one operator at most. */
const mostJoined = 8

/**
 * The gradient of any two-dimensional MaxPool without its Indices, for providers that have none: each element of the
 * window in row-major order as a strided slice of the padded image, the first that equals the maximum takes what is
 * left of the gradient, and a transposed convolution with a kernel of single ones adds all up in place.
 */
export const maxPoolGradientByMasks: Rewrite = {
  apply(node, site) {
    const match = matchMaxPoolGradient(node, site)
    const slide = match && windowOf(match.pool)
    const kernel = (match && intsAttribute(match.pool, 'kernel_shape')) ?? []
    const input = match && site.dims(match.x)?.slice(2)
    const output = match && site.dims(match.y)?.slice(2)
    if (match === undefined || slide === undefined || kernel.length !== 2) return false
    if (!areTwoNumbers(input) || !areTwoNumbers(output)) return false
    const channels = site.dims(match.x)?.[1]
    if (typeof channels !== 'number') return false
    const window = { ...slide, kernel: kernel as unknown as readonly [number, number] }
    const flatY = planes(match.y, output, site)
    const image = padded(planes(match.x, input, site), window, input, output, site)
    const shares: string[] = []
    let left = planes(match.dY, output, site)
    offsets(window.kernel).forEach((offset, index, all) => {
      const isLast = index === all.length - 1
      const share = isLast ? left : shareOf(left, part(image, offset, window, output, site), flatY, site)
      shares.push(share)
      if (!isLast) left = site.op('Sub', [left, share])
    })
    const spread = addUp(join(shares, site), window, input, output, site)
    return site.replaceBy('Reshape', [spread, site.ints([-1, channels, ...input])])
  },
}

type Size = readonly [number, number]
type PoolWindow = Window & { readonly kernel: Size }

function areTwoNumbers(sizes: readonly (number | string)[] | undefined): sizes is Size {
  return sizes?.length === 2 && sizes.every((size) => typeof size === 'number')
}

/** [N,C,H,W] as [N·C,1,H,W]. */
function planes(tensor: string, size: Size, site: Site): string {
  return site.op('Reshape', [tensor, site.ints([-1, 1, ...size])])
}

/** Elements from the first to the last that any window covers, along one axis of the padded image. */
function covered(window: PoolWindow, output: Size, axis: 0 | 1): number {
  return window.stride[axis] * (output[axis] - 1) + window.dilation[axis] * (window.kernel[axis] - 1) + 1
}

function padded(image: string, window: PoolWindow, input: Size, output: Size, site: Site): string {
  const ends = ([0, 1] as const).map((axis) => {
    return Math.max(0, covered(window, output, axis) - window.padBegin[axis] - input[axis])
  })
  if ([...window.padBegin, ...ends].every((pad) => pad === 0)) return image
  return site.op('Pad', [image, site.ints([0, 0, ...window.padBegin, 0, 0, ...ends]), site.scalar(lowest)])
}

function offsets([height, width]: Size): Size[] {
  return Array.from({ length: height * width }, (_, index) => [Math.floor(index / width), index % width])
}

/** The element at `offset` of every window: [N·C,1,Ho,Wo]. */
function part(image: string, offset: Size, window: PoolWindow, output: Size, site: Site): string {
  const starts = ([0, 1] as const).map((axis) => offset[axis] * window.dilation[axis])
  const ends = starts.map((start, axis) => start + (window.stride[axis] as number) * ((output[axis] as number) - 1) + 1)
  return site.op('Slice', [image, ...[starts, ends, [2, 3], window.stride].map((values) => site.ints(values))])
}

function shareOf(left: string, element: string, maximum: string, site: Site): string {
  return site.op('Mul', [left, site.op('Cast', [site.op('Equal', [element, maximum])], { to: float32Code })])
}

function join(parts: readonly string[], site: Site): string {
  if (parts.length === 1) return parts[0] as string
  const groups = Array.from({ length: Math.ceil(parts.length / mostJoined) }, (_, index) =>
    parts.slice(index * mostJoined, (index + 1) * mostJoined),
  )
  const joined = groups.map((group) =>
    group.length === 1 ? (group[0] as string) : site.op('Concat', group, { axis: 1 }),
  )
  return join(joined, site)
}

/** Puts the shares [N·C,kH·kW,Ho,Wo] where they came from: [N·C,1,H,W]. */
function addUp(shares: string, window: PoolWindow, input: Size, output: Size, site: Site): string {
  const surplus = ([0, 1] as const).map((axis) => covered(window, output, axis) - window.padBegin[axis] - input[axis])
  return site.op('ConvTranspose', [shares, site.tensor('places', onePerPlace(window.kernel))], {
    kernel_shape: window.kernel,
    strides: window.stride,
    dilations: window.dilation,
    pads: [...window.padBegin, ...surplus.map((size) => Math.max(0, size))],
    output_padding: surplus.map((size) => Math.max(0, -size)),
  })
}

/** [kH·kW, 1, kH, kW]: channel i is 1 at element i of the window. */
function onePerPlace([height, width]: Size): Tensor {
  const places = height * width
  const data = new Float32Array(places * places)
  for (let place = 0; place < places; place++) data[place * places + place] = 1
  return float32Tensor([places, 1, height, width], data)
}
