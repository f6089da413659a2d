import { readEinsum } from '../einsum.ts'
import { type DataType, type Dimension, intAttribute, stringAttribute } from '../graph.ts'
import { formatDims } from './dimensions.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'

function checkInner(context: ShapeContext, left: Dimension, right: Dimension): void {
  if (typeof left === 'number' && typeof right === 'number' && left !== right) {
    context.fail(`the rows of the first have ${left} elements but the columns of the second ${right}`)
  }
}

/** NumPy's matmul: batch axes broadcast, a vector counts as a row on the left and as a column on the right. */
function multiplied(context: ShapeContext): readonly Dimension[] {
  const a = context.input(0).dims
  const b = context.input(1).dims
  if (a.length === 0 || b.length === 0) context.fail('a scalar cannot be multiplied as a matrix')
  const left = a.length === 1 ? [1, ...a] : a
  const right = b.length === 1 ? [...b, 1] : b
  checkInner(context, left.at(-1) as Dimension, right.at(-2) as Dimension)
  const batch = context.broadcast([left.slice(0, -2), right.slice(0, -2)])
  const rows = a.length === 1 ? [] : [left.at(-2) as Dimension]
  const columns = b.length === 1 ? [] : [right.at(-1) as Dimension]
  return [...batch, ...rows, ...columns]
}

const matMul: ShapeRule = (context) => [{ dataType: context.commonDataType([0, 1]), dims: multiplied(context) }]

const matMulInteger: ShapeRule = (context) => [{ dataType: 'int32' as DataType, dims: multiplied(context) }]

/** alpha A' B' + beta C, A' [M,K], B' [K,N], C broadcast to [M,N]. */
const gemm: ShapeRule = (context) => {
  const dataType = context.commonDataType(context.has(2) ? [0, 1, 2] : [0, 1])
  const a = context.input(0).dims
  const b = context.input(1).dims
  if (a.length !== 2 || b.length !== 2) context.fail('both factors must be matrices (two axes)')
  const [rows, inner] = intAttribute(context.node, 'transA', 0) === 0 ? a : a.toReversed()
  const [otherInner, columns] = intAttribute(context.node, 'transB', 0) === 0 ? b : b.toReversed()
  checkInner(context, inner as Dimension, otherInner as Dimension)
  const dims = [rows as Dimension, columns as Dimension]
  const c = context.optionalInput(2)?.dims
  if (c !== undefined && !fitsInto(c, dims)) {
    context.fail(`the third input ${formatDims(c)} cannot be spread over the result ${formatDims(dims)}`)
  }
  return [{ dataType, dims }]
}

function fitsInto(small: readonly Dimension[], large: readonly Dimension[]): boolean {
  return (
    small.length <= large.length &&
    small.every((size, axis) => {
      const target = large[axis + large.length - small.length] as Dimension
      return size === 1 || size === target || typeof size === 'string' || typeof target === 'string'
    })
  )
}

/** A size for each label of the output, which may be 1 in some inputs and is broadcast there. */
const einsum: ShapeRule = (context) => {
  const inputs = context.node.inputs.map((_, index) => context.input(index))
  const equation = stringAttribute(context.node, 'equation', '')
  const labels =
    readEinsum(
      equation,
      inputs.map((input) => input.dims.length),
    ) ?? context.fail(`the equation '${equation}' does not fit them`)
  const sizeOf = (label: string): readonly Dimension[] => {
    const sizes = labels.inputs.flatMap((input, index) =>
      input.flatMap((other, axis) => (other === label ? [[inputs[index]?.dims[axis] as Dimension]] : [])),
    )
    return context.broadcast(sizes)
  }
  for (const label of new Set(labels.inputs.flat())) sizeOf(label)
  const dataType = context.commonDataType(inputs.map((_, index) => index))
  return [{ dataType, dims: labels.output.flatMap(sizeOf) }]
}

export const matrixRules: Readonly<Record<string, ShapeRule>> = {
  MatMul: matMul,
  MatMulInteger: matMulInteger,
  Gemm: gemm,
  Einsum: einsum,
}
