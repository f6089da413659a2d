import { type Graph, type Node, type Tensor, float32Tensor, floatAttribute } from '../../engine/onnx/graph.ts'
import { floats } from './compare-gradients.ts'

/**
 * `values` of the tensors that a check moves, shifted as little as keeps a move of `reach` from meeting a kink. Where a
 * pool takes the largest they are spread out evenly in the order they have, ties in the order of their places: values
 * as a file gives them are equal, or closer together than any step.
 */
export function awayFromKinks(
  graph: Graph,
  values: Readonly<Record<string, Tensor>>,
  reach: number,
): Readonly<Record<string, Tensor>> {
  const shifted: Record<string, Tensor> = { ...values }
  const origins = new Map(Object.keys(values).map((name) => [name, name]))
  for (const node of graph.nodes) {
    const origin = origins.get(node.inputs[0] ?? '')
    if (origin !== undefined && node.opType === 'Unsqueeze') origins.set(node.outputs[0] as string, origin)
    if (origin !== undefined && (node.opType === 'MaxPool' || node.opType === 'GlobalMaxPool')) {
      shifted[origin] = mapped(shifted[origin] as Tensor, (data) => inEvenSteps(data, 4 * reach))
    }
    const { input, kinks } = kinksOf(node, (index) => {
      const name = node.inputs[index] ?? ''
      return scalarOf(shifted[name] ?? graph.initializers.get(name))
    })
    const compared = origins.get(node.inputs[input] ?? '')
    if (compared === undefined || kinks.length === 0) continue
    // Twice, for what it is compared with may be another of the values and so moves too.
    const beside = (value: number) => kinks.reduce((kept, kink) => awayFrom(kink, kept, 2 * reach), value)
    shifted[compared] = mapped(shifted[compared] as Tensor, (data) => data.map(beside))
  }
  return shifted
}

/** Where the slope of a node by its input number `input` jumps. */
function kinksOf(
  node: Node,
  scalar: (index: number) => number | undefined,
): { readonly input: number; readonly kinks: readonly number[] } {
  switch (node.opType) {
    case 'LeakyRelu':
    case 'PRelu':
    case 'Selu':
    // The norm of a window of zeros.
    case 'LpPool':
      return { input: 0, kinks: [0] }
    case 'HardSwish':
      return { input: 0, kinks: [-3, 3] }
    case 'HardSigmoid': {
      const [alpha, beta] = [floatAttribute(node, 'alpha', 0.2), floatAttribute(node, 'beta', 0.5)]
      return { input: 0, kinks: [-beta / alpha, (1 - beta) / alpha] }
    }
    case 'Clip':
      return { input: 0, kinks: [scalar(1), scalar(2)].filter((bound) => bound !== undefined) }
    case 'Less': {
      const [left, right] = [scalar(0), scalar(1)]
      if (right !== undefined) return { input: 0, kinks: [right] }
      return { input: 1, kinks: left === undefined ? [] : [left] }
    }
    default:
      return { input: 0, kinks: [] }
  }
}

function awayFrom(kink: number, value: number, distance: number): number {
  if (Math.abs(value - kink) >= distance) return value
  return value < kink ? kink - distance : kink + distance
}

/** Multiples of `gap` around 0 in the order of `values`. */
function inEvenSteps(values: Float32Array, gap: number): Float32Array {
  const value = (place: number) => values[place] as number
  const order = Array.from(values.keys()).toSorted((one, other) => value(one) - value(other) || one - other)
  const spread = new Float32Array(values.length)
  order.forEach((place, rank) => (spread[place] = (rank - Math.floor(order.length / 2)) * gap))
  return spread
}

function mapped(tensor: Tensor, change: (data: Float32Array) => Float32Array): Tensor {
  return float32Tensor(tensor.dims, change(floats(tensor)))
}

function scalarOf(tensor: Tensor | undefined): number | undefined {
  return tensor?.data.length === 1 ? Number(tensor.data[0]) : undefined
}
