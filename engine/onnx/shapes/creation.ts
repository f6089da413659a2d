import { dataTypeOfCode } from '../data-types.ts'
import { type Dimension, type Tensor, elementCount, intAttribute, intsAttribute } from '../graph.ts'
import { type KnownValue, product } from './dimensions.ts'
import { maximumKnownValues, smallCount } from './fold.ts'
import type { InferredValue, ShapeContext, ShapeRule } from './shape-context.ts'

/** The type of a tensor at hand, with its elements where they are few numbers. */
export function inferredTensor(tensor: Tensor): InferredValue {
  const { dataType, dims } = tensor
  const bits = dataType === 'float16' || dataType === 'bfloat16'
  if (bits || dataType === 'string' || elementCount(dims) > maximumKnownValues) return { dataType, dims }
  return { dataType, dims, values: Array.from(tensor.data as ArrayLike<number | bigint>, Number) }
}

const constant: ShapeRule = (context) => {
  const { value } = context.node.attributes
  return value?.kind === 'tensor' ? [inferredTensor(value.value)] : []
}

const constantOfShape: ShapeRule = (context) => {
  const { value } = context.node.attributes
  const fill = value?.kind === 'tensor' ? inferredTensor(value.value) : undefined
  const shape = context.integers(0)
  if (shape === undefined) return []
  const dims = shape.map((size, axis) => context.orFresh(size, axis))
  const count = smallCount(dims)
  const element = fill === undefined ? 0 : fill.values?.[0]
  const values = count === undefined ? undefined : Array.from({ length: count }, () => element)
  return [{ dataType: fill?.dataType ?? 'float32', dims, values }]
}

const shape: ShapeRule = (context) => {
  const { dims } = context.input(0)
  const values = dims.slice(intAttribute(context.node, 'start', 0), intAttribute(context.node, 'end', dims.length))
  return [{ dataType: 'int64', dims: [values.length], values }]
}

const size: ShapeRule = (context) => [{ dataType: 'int64', dims: [], values: [product(context.input(0).dims)] }]

const range: ShapeRule = (context) => {
  const dataType = context.commonDataType([0, 1, 2])
  const [start, limit, delta] = [0, 1, 2].map((index): KnownValue => context.values(index)?.[0])
  if (typeof start === 'number' && typeof limit === 'number' && typeof delta === 'number') {
    if (delta === 0) context.fail('the step is 0')
    const length = Math.max(0, Math.ceil((limit - start) / delta))
    const values =
      length <= maximumKnownValues ? Array.from({ length }, (_, index) => start + index * delta) : undefined
    return [{ dataType, dims: [length], values }]
  }
  return [{ dataType, dims: [context.orFresh(start === 0 && delta === 1 ? limit : undefined, 0)] }]
}

/** Random tensors of a stated shape. */
const random: ShapeRule = (context) => randomOf(context, intsAttribute(context.node, 'shape') ?? [], 'float32')

/** Random tensors, or an identity matrix, of another tensor's shape. */
const randomLike: ShapeRule = (context) => randomOf(context, context.input(0).dims, context.input(0).dataType)

function randomOf(context: ShapeContext, dims: readonly Dimension[], fallback: InferredValue['dataType']) {
  return [{ dataType: dataTypeOfCode(intAttribute(context.node, 'dtype', 0)) ?? fallback, dims }]
}

export const creationRules: Readonly<Record<string, ShapeRule>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shape,
  Size: size,
  Range: range,
  RandomNormal: random,
  RandomUniform: random,
  RandomNormalLike: randomLike,
  RandomUniformLike: randomLike,
  Bernoulli: randomLike,
  EyeLike: randomLike,
}
