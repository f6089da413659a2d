import type { ResizedAxis } from './interpolation.ts'
import { NodeRefusal } from './node-refusal.ts'
import type { ForwardNode } from './rule.ts'

/** The axes whose size or scale a Resize node changes; throws NodeRefusal where these are not known before the run. */
export function resizedAxes(node: ForwardNode): readonly (readonly [number, ResizedAxis])[] {
  const rank = node.inputDims(0).length
  const axes = (node.ints('axes') ?? Array.from({ length: rank }, (_, axis) => axis)).map((axis) =>
    axis < 0 ? axis + rank : axis,
  )
  const stated = numbers(node, 2)
  const sizes = numbers(node, 3)
  const common = commonScale(node, axes, sizes)
  return axes.flatMap((axis, index) => {
    const [inputSize, outputSize] = [node.inputDims(0)[axis], node.outputDims(0)[axis]]
    const scale = stated?.[index]
    if (inputSize === outputSize && (scale === undefined || scale === 1)) return []
    if (typeof inputSize !== 'number' || typeof outputSize !== 'number') {
      throw new NodeRefusal(`resizes axis ${axis}, whose size is unknown; give the graph's inputs concrete sizes.`)
    }
    const resized: ResizedAxis = {
      inputSize,
      outputSize,
      scale: Math.fround(scale ?? common ?? outputSize / inputSize),
      mode: node.string('mode', 'nearest') === 'linear' ? 'linear' : 'nearest',
      coordinates: node.string('coordinate_transformation_mode', 'half_pixel'),
      nearestMode: node.string('nearest_mode', 'round_prefer_floor'),
    }
    return [[axis, resized] as const]
  })
}

/** The one scale of all axes where the node keeps the aspect ratio. */
function commonScale(node: ForwardNode, axes: readonly number[], sizes: readonly number[] | undefined) {
  const policy = node.string('keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch' || sizes === undefined) return undefined
  const scales = sizes.map((size, index) => Math.fround(size / Number(node.inputDims(0)[axes[index] ?? 0])))
  return policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales)
}

function numbers(node: ForwardNode, input: number): readonly number[] | undefined {
  if (!node.hasInput(input)) return undefined
  const constant = node.constantInput(input)
  if (constant !== undefined && constant.data.length > 0)
    return Array.from(constant.data as ArrayLike<number | bigint>, Number)
  if (constant !== undefined || input === 3) return undefined
  throw new NodeRefusal('has scales that are computed in the graph; only constant ones can be differentiated.')
}
