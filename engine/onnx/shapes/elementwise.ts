import { type DataType, intAttribute } from '../graph.ts'
import { dataTypeOfCode } from '../data-types.ts'
import { type KnownValue, product, quotient } from './dimensions.ts'
import { foldElementwise } from './fold.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'

type Fold = (context: ShapeContext, ...operands: KnownValue[]) => KnownValue

/** One output of the first input's type and shape. */
const sameAsInput: ShapeRule = (context) => [plain(context, 0)]

function plain(context: ShapeContext, index: number) {
  const { dataType, dims } = context.input(index)
  return { dataType, dims }
}

function unary(compute?: (x: number) => number): ShapeRule {
  if (compute === undefined) return sameAsInput
  const fold: Fold = (_, x) => (typeof x === 'number' ? compute(x) : undefined)
  return (context) => [{ ...plain(context, 0), values: foldElementwise(context, [0], context.input(0).dims, fold) }]
}

function broadcasting(
  indices: (context: ShapeContext) => readonly number[],
  fold?: Fold,
  result?: DataType,
): ShapeRule {
  return (context) => {
    const operands = indices(context)
    const dataType = context.commonDataType(operands)
    const dims = context.broadcast(operands.map((index) => context.input(index).dims))
    const values = fold === undefined ? undefined : foldElementwise(context, operands, dims, fold)
    return [{ dataType: result ?? dataType, dims, values }]
  }
}

const both = (): readonly number[] => [0, 1]
const all = (context: ShapeContext): readonly number[] =>
  context.node.inputs.length === 0
    ? context.fail('it needs at least one')
    : context.node.inputs.map((_, index) => index)

function onNumbers(compute: (a: number, b: number) => number): Fold {
  return (_, ...operands) =>
    operands.every((operand) => typeof operand === 'number') ? operands.reduce((a, b) => compute(a, b)) : undefined
}

const isInteger = (context: ShapeContext): boolean => /^u?int/.test(context.input(0).dataType)

const add: Fold = (_, a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return a + b
  return a === 0 ? b : b === 0 ? a : undefined
}

const subtract: Fold = (_, a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return b === 0 ? a : undefined
}

const multiply: Fold = (_, a, b) => (a === undefined || b === undefined ? undefined : product([a, b]))

const divide: Fold = (context, a, b) => {
  if (a === undefined || b === undefined) return undefined
  if (typeof a === 'string' || typeof b === 'string') return quotient([a], [b])
  if (!isInteger(context)) return a / b
  return b === 0 ? undefined : Math.trunc(a / b)
}

const modulo: Fold = (context, a, b) => {
  if (typeof a !== 'number' || typeof b !== 'number' || b === 0) return undefined
  // fmod = 1 takes the sign of the dividend, the default that of the divisor.
  return intAttribute(context.node, 'fmod', 0) === 1 ? a % b : a - b * Math.floor(a / b)
}

const equal: Fold = (_, a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return Number(a === b)
  // A size is never negative, as the -1 it is compared with in exported shape arithmetic is.
  if ((typeof a === 'number' && a < 0 && b !== undefined) || (typeof b === 'number' && b < 0 && a !== undefined))
    return 0
  return a !== undefined && a === b ? 1 : undefined
}

/** Base and exponent of Pow, value and amount of BitShift may differ in type: the first one's is the result's. */
const pow: ShapeRule = (context) => {
  const dims = context.broadcast([context.input(0).dims, context.input(1).dims])
  const fold = onNumbers((a, b) => a ** b)
  return [{ dataType: context.input(0).dataType, dims, values: foldElementwise(context, [0, 1], dims, fold) }]
}

const prelu: ShapeRule = (context) => {
  context.commonDataType([0, 1])
  const { dataType, dims } = context.input(0)
  if (context.broadcast([dims, context.input(1).dims]).length !== dims.length) {
    context.fail('the slope has more axes than the input')
  }
  return [{ dataType, dims }]
}

const where: ShapeRule = (context) => {
  const dataType = context.commonDataType([1, 2])
  const dims = context.broadcast([0, 1, 2].map((index) => context.input(index).dims))
  const fold: Fold = (_, condition, a, b) => (typeof condition !== 'number' ? undefined : condition === 0 ? b : a)
  return [{ dataType, dims, values: foldElementwise(context, [0, 1, 2], dims, fold) }]
}

const cast: ShapeRule = (context) => {
  const { dims, values } = context.input(0)
  const dataType = dataTypeOfCode(intAttribute(context.node, 'to', 0))
  if (dataType === undefined) return []
  const integer = /int/.test(dataType)
  const converted = values?.map((value) => {
    if (typeof value !== 'number') return dataType === 'bool' ? undefined : value
    return dataType === 'bool' ? Number(value !== 0) : integer ? Math.trunc(value) : value
  })
  return [{ dataType, dims, values: converted }]
}

const castLike: ShapeRule = (context) => [{ dims: context.input(0).dims, dataType: context.input(1).dataType }]

const predicate: ShapeRule = (context) => [{ dims: context.input(0).dims, dataType: 'bool' }]

const dropout: ShapeRule = (context) => [plain(context, 0), { dims: context.input(0).dims, dataType: 'bool' }]

const identity: ShapeRule = (context) => [context.input(0)]

function compare(compute: (a: number, b: number) => boolean): ShapeRule {
  return broadcasting(
    both,
    onNumbers((a, b) => Number(compute(a, b))),
    'bool',
  )
}

const unchanged = [
  ...[
    'Exp',
    'Log',
    'Reciprocal',
    'Relu',
    'LeakyRelu',
    'Sigmoid',
    'Tanh',
    'HardSigmoid',
    'HardSwish',
    'Elu',
    'Selu',
    'Celu',
  ],
  ...[
    'Softplus',
    'Softsign',
    'ThresholdedRelu',
    'Mish',
    'Gelu',
    'Swish',
    'Shrink',
    'Erf',
    'Clip',
    'BitwiseNot',
    'CumSum',
  ],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh', 'Trilu'],
  ...['ImageScaler', 'Affine'],
]

export const elementwiseRules: Readonly<Record<string, ShapeRule>> = {
  ...Object.fromEntries(unchanged.map((opType) => [opType, sameAsInput])),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Sign: unary(Math.sign),
  Round: sameAsInput,
  Not: unary((x) => Number(x === 0)),
  Add: broadcasting(both, add),
  Sub: broadcasting(both, subtract),
  Mul: broadcasting(both, multiply),
  Div: broadcasting(both, divide),
  Mod: broadcasting(both, modulo),
  Pow: pow,
  BitShift: broadcasting(both),
  BitwiseAnd: broadcasting(both),
  BitwiseOr: broadcasting(both),
  BitwiseXor: broadcasting(both),
  Min: broadcasting(all, onNumbers(Math.min)),
  Max: broadcasting(all, onNumbers(Math.max)),
  Sum: broadcasting(all),
  Mean: broadcasting(all),
  PRelu: prelu,
  Equal: broadcasting(both, equal, 'bool'),
  Greater: compare((a, b) => a > b),
  Less: compare((a, b) => a < b),
  GreaterOrEqual: compare((a, b) => a >= b),
  LessOrEqual: compare((a, b) => a <= b),
  And: compare((a, b) => a !== 0 && b !== 0),
  Or: compare((a, b) => a !== 0 || b !== 0),
  Xor: compare((a, b) => (a !== 0) !== (b !== 0)),
  Where: where,
  Cast: cast,
  CastLike: castLike,
  IsNaN: predicate,
  IsInf: predicate,
  Dropout: dropout,
  Identity: identity,
}
