import type { GraphFacts } from '../models/graph-facts.ts'
import type { Node } from '../onnx/graph.ts'
import { float32Values } from '../onnx/float-values.ts'

/** What is known of all elements of a value. */
type Sign = 'positive' | 'notNegative'

const neverNegative: ReadonlySet<string> = new Set([
  ...['Relu', 'Abs', 'Sigmoid', 'HardSigmoid', 'Softplus', 'Exp', 'LpPool', 'GlobalLpPool', 'Softmax'],
  ...['ReduceL1', 'ReduceL2', 'ReduceSumSquare'],
])
const asItsInput: ReadonlySet<string> = new Set([
  ...['Identity', 'Dropout', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool', 'Sqrt', 'Reshape'],
  ...['Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceSum'],
])
const MOST_ELEMENTS = 2 ** 16

/**
 * Why a node may give infinity or no number for maps that nobody looked at before, as the rest of a sentence: nothing
 * behind can take that out again, a weight of zero neither. Undefined where it gives finite numbers.
 */
export function whyUnsafe(node: Node, isMap: (name: string) => boolean, facts: GraphFacts): string | undefined {
  const [first = '', second = ''] = node.inputs
  const isSafe = () => {
    switch (node.opType) {
      case 'Exp':
        return false
      case 'Log':
      case 'Reciprocal':
        return signOf(first, facts) === 'positive'
      case 'Sqrt':
        return signOf(first, facts) !== undefined
      case 'Div':
        return !isMap(second) || signOf(second, facts) === 'positive'
      case 'Pow':
        return !isMap(second) && wholeExponents(second, facts) !== undefined
      default:
        return true
    }
  }
  return node.domain !== '' || isSafe() ? undefined : 'may give no number for maps of filters that are new'
}

function signOf(name: string, facts: GraphFacts): Sign | undefined {
  if (facts.constants.origin(name) !== undefined) return signOfConstant(name, facts)
  const node = facts.links.producer(name)
  if (node === undefined || node.domain !== '' || node.outputs[0] !== name) return undefined
  const { opType, inputs } = node
  if (neverNegative.has(opType)) return 'notNegative'
  const [first = '', second = ''] = inputs
  if (asItsInput.has(opType)) return signOf(first, facts)
  if (opType === 'Pow') {
    const isEven = wholeExponents(second, facts)?.every((exponent) => exponent % 2 === 0)
    return isEven === true ? 'notNegative' : undefined
  }
  if (opType === 'Mul' && first === second) return 'notNegative'
  if (opType !== 'Add' && opType !== 'Mul') return undefined
  const [one, other] = [signOf(first, facts), signOf(second, facts)]
  if (one === undefined || other === undefined) return undefined
  const isEither = one === 'positive' || other === 'positive'
  // A product of small numbers may be zero.
  return opType === 'Add' && isEither ? 'positive' : 'notNegative'
}

function signOfConstant(name: string, facts: GraphFacts): Sign | undefined {
  const values = smallConstant(name, facts)
  if (values === undefined || !values.every((value) => value >= 0)) return undefined
  return values.every((value) => value > 0) ? 'positive' : 'notNegative'
}

/** The exponents where all are constant, whole and not negative. */
function wholeExponents(name: string, facts: GraphFacts): Float32Array | undefined {
  const values = smallConstant(name, facts)
  return values?.every((value) => Number.isInteger(value) && value >= 0) === true ? values : undefined
}

function smallConstant(name: string, { constants }: GraphFacts): Float32Array | undefined {
  const count = constants.dims(name)?.reduce((product, size) => product * size, 1)
  if (constants.origin(name) === undefined || count === undefined || count > MOST_ELEMENTS) return undefined
  return float32Values(constants.tensor(name))
}
