import { describeNode, requiredNames } from '../onnx/graph-edit.ts'
import { type Dimension, type Graph, type Node, type TensorType, intAttribute } from '../onnx/graph.ts'
import { producersOf } from './graph-values.ts'

/** A constant of which one size is the number of classes. */
export interface PerClassTensor {
  readonly name: string
  readonly dims: readonly number[]
  readonly classAxis: number
  /** What a fresh one holds: initial weights, those a tenth as large, or one number. */
  readonly fresh: 'weights' | 'smallWeights' | number
}

/** The layer that gives the scores, and all that counts classes from there on. */
export interface Head {
  readonly layer: Node
  readonly form: 'gemm' | 'matMul' | 'conv'
  readonly tensors: readonly PerClassTensor[]
  /** Reshapes to a constant shape with the number of classes in it: their output, and where in the shape it is. */
  readonly reshapes: readonly { readonly output: string; readonly shape: readonly number[]; readonly axis: number }[]
}

/** The head of a classifier, or the end of a sentence that says why its classes cannot be exchanged. */
export type HeadSearch =
  { readonly kind: 'found'; readonly head: Head } | { readonly kind: 'none'; readonly reason: string }

/** Operators that treat every class alike, so that they take any number of them. */
const indifferent: ReadonlySet<string> = new Set([
  ...['Relu', 'LeakyRelu', 'Elu', 'Selu', 'Sigmoid', 'HardSigmoid', 'Tanh', 'Clip', 'Identity', 'Dropout', 'Cast'],
  ...['GlobalAveragePool', 'GlobalMaxPool', 'AveragePool', 'MaxPool', 'ReduceMean', 'ReduceMax', 'ReduceSum'],
  ...['Flatten', 'Squeeze', 'Unsqueeze'],
])

/**
 * The bias of fresh scores that pass a Relu. A score that is negative for every picture has no gradient, so its class is
 * never learnt, and of scores drawn as usual a good part is: these begin positive for all pictures, and can fall.
 */
const rectifiedBias = 5

const freshOperand: Readonly<Record<string, number>> = { Add: 0, Sub: 0, Mul: 1, Div: 1 }

/**
 * Looks for the layer that gives `logits`, from there towards the input: a Gemm or MatMul, or a convolution whose maps
 * are pooled. `types` are those of the values of `graph`.
 */
export function findHead(
  graph: Graph,
  logits: string,
  classes: number,
  types: ReadonlyMap<string, TensorType>,
): HeadSearch {
  const producers = producersOf(graph)
  const tensors: PerClassTensor[] = []
  const reshapes: Head['reshapes'][number][] = []
  const dimsOf = (name: string) => knownDims(types.get(name)?.dims ?? graph.initializers.get(name)?.dims)
  const constants = constantValues(graph)
  const isConstant = (name: string) => constants.has(name)
  let value = logits
  let isRectified = false
  /** A bias of its own has lifted the scores already. */
  let isLifted = false
  for (;;) {
    const node = producers.get(value)
    if (node === undefined) return { kind: 'none', reason: 'no layer gives its scores' }
    const strange = {
      kind: 'none',
      reason: `${describeNode(node)} stands between its last layer and its scores`,
    } as const
    const [first = '', second = ''] = node.inputs
    if (types.get(value)?.dims[1] !== classes) return strange
    switch (node.opType) {
      case 'Gemm':
      case 'MatMul':
      case 'Conv': {
        const found = layerTensors(node, classes, dimsOf, isConstant)
        if (found === undefined) return strange
        const all = [...tensors, ...found]
        const shared = all.find(({ name }) => countUses(graph, name) > 1)
        if (shared !== undefined) {
          return { kind: 'none', reason: `'${shared.name}' of its last layer belongs to another part of it as well` }
        }
        const form = ({ Gemm: 'gemm', MatMul: 'matMul', Conv: 'conv' } as const)[node.opType]
        const own = isRectified ? found.map((tensor) => rectified(tensor, isLifted ? 0 : rectifiedBias)) : found
        return { kind: 'found', head: { layer: node, form, tensors: [...tensors, ...own], reshapes } }
      }
      case 'BatchNormalization':
        for (const [index, fresh] of [1, 0, 0, 1].entries()) {
          const name = node.inputs[index + 1] ?? ''
          tensors.push({ name, dims: [classes], classAxis: 0, fresh })
        }
        value = first
        break
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Div': {
        const constant = isConstant(second) ? second : isConstant(first) ? first : undefined
        const dims = dimsOf(constant ?? '')
        if (constant === undefined || dims === undefined) return strange
        const rank = types.get(value)?.dims.length ?? 0
        const classAxis = dims.length - rank + 1
        if (classAxis >= 0 && dims[classAxis] === classes) {
          const lifts: boolean = isRectified && !isLifted && node.opType === 'Add'
          isLifted ||= lifts
          const fresh = lifts ? rectifiedBias : (freshOperand[node.opType] ?? 0)
          tensors.push({ name: constant, dims, classAxis, fresh })
        } else if (dims.some((size) => size !== 1)) return strange
        value = constant === second ? first : second
        break
      }
      case 'Reshape': {
        const shape = graph.initializers.get(second)?.data
        if (shape instanceof BigInt64Array) {
          const numbers = [...shape].map(Number)
          const axis = numbers.indexOf(classes)
          if (axis >= 0) reshapes.push({ output: value, shape: numbers, axis })
        }
        value = first
        break
      }
      default:
        if (!indifferent.has(node.opType)) return strange
        isRectified ||= node.opType === 'Relu'
        value = first
    }
  }
}

/** The tensor of a layer whose scores pass a Relu; without any bias small weights must do. */
function rectified(tensor: PerClassTensor, bias: number): PerClassTensor {
  return { ...tensor, fresh: tensor.fresh === 'weights' ? 'smallWeights' : bias }
}

function layerTensors(
  node: Node,
  classes: number,
  dimsOf: (name: string) => readonly number[] | undefined,
  isConstant: (name: string) => boolean,
): PerClassTensor[] | undefined {
  const [, weight = '', bias = ''] = node.inputs
  const dims = dimsOf(weight)
  if (!isConstant(weight) || dims === undefined || intAttribute(node, 'group', 1) !== 1) return undefined
  const isRowMajor = node.opType === 'Conv' || intAttribute(node, 'transB', 0) === 1
  const classAxis = isRowMajor ? 0 : 1
  if (dims[classAxis] !== classes || (node.opType !== 'Conv' && dims.length !== 2)) return undefined
  const tensors: PerClassTensor[] = [{ name: weight, dims, classAxis, fresh: 'weights' }]
  if (bias === '') return tensors
  const biasDims = dimsOf(bias)
  if (!isConstant(bias) || biasDims?.at(-1) !== classes) return undefined
  return [...tensors, { name: bias, dims: biasDims, classAxis: biasDims.length - 1, fresh: 0 }]
}

function knownDims(dims: readonly Dimension[] | undefined): readonly number[] | undefined {
  const known = dims?.filter((size) => typeof size === 'number')
  return known?.length === dims?.length ? known : undefined
}

/** How many times a value is used, by nodes or as an output. */
function countUses(graph: Graph, name: string): number {
  const used = [...graph.nodes.flatMap(requiredNames), ...graph.outputs.map((output) => output.name)]
  return used.filter((other) => other === name).length
}

/** Initializers, and what nodes make of these alone. */
function constantValues(graph: Graph): ReadonlySet<string> {
  const names = new Set(graph.initializers.keys())
  for (const node of graph.nodes) {
    if (requiredNames(node).every((name) => names.has(name))) for (const output of node.outputs) names.add(output)
  }
  return names
}
