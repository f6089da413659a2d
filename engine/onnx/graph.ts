/** The version of the ai.onnx operator set that every graph in memory speaks; the reader upgrades to it. */
export const INTERNAL_OPSET = 18

export type DataType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'string'

/** float16 and bfloat16 keep their bit patterns in a Uint16Array; bool is one byte per element, 0 or 1. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[]

/** A constant: `data` holds the elements in row-major order, product(dims) of them; dims [] is a scalar. */
export interface Tensor {
  readonly dataType: DataType
  readonly dims: readonly number[]
  readonly data: TensorData
}

/** A known size, or the name of one that is only known at run time ('batch'). */
export type Dimension = number | string

export interface TensorType {
  readonly dataType: DataType
  readonly dims: readonly Dimension[]
}

/** A named graph input or output; `type` is undefined where the file does not state it. */
export interface ValueInfo {
  readonly name: string
  readonly type: TensorType | undefined
  /** The element type alone, where the file states no shape beside it. */
  readonly dataType?: DataType
}

export type Attribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }

/** One operator. An input named '' is an optional input left out, as in the file format. */
export interface Node {
  readonly opType: string
  /** '' is ai.onnx. */
  readonly domain: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/**
 * A computation in the internal operator set, nodes in topological order.
 * Values are immutable by convention: a rewrite builds a new graph and shares tensors with the old one.
 */
export interface Graph {
  readonly name: string
  readonly nodes: readonly Node[]
  /** Real inputs only: a name that is also an initializer is not repeated here. */
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly initializers: ReadonlyMap<string, Tensor>
  readonly documentation: string
}

/** A graph with what the file around it says. */
export interface Model {
  readonly graph: Graph
  readonly producerName: string
  readonly producerVersion: string
  /** The ai.onnx version the file was written in, before upgrading. */
  readonly originalOpset: number
  /** Versions of the operator sets other than ai.onnx that its nodes use, by domain. */
  readonly otherOpsets?: Readonly<Record<string, number>>
  readonly metadata: Readonly<Record<string, string>>
}

/** More elements than this along one axis has no tensor that fits a memory. */
export const LARGEST_SIZE = 2 ** 31 - 1

/** Number of elements of a tensor with known `dims`. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1)
}

export function float32Tensor(dims: readonly number[], data: Float32Array): Tensor {
  return { dataType: 'float32', dims, data }
}

/** A constant whose elements are made when they are first read, and then kept: of a large model few are ever looked at. */
export function deferredTensor(dataType: DataType, dims: readonly number[], makeData: () => TensorData): Tensor {
  let made: TensorData | undefined
  return {
    dataType,
    dims,
    get data() {
      return (made ??= makeData())
    },
  }
}

export function int64Tensor(dims: readonly number[], values: readonly number[]): Tensor {
  return { dataType: 'int64', dims, data: BigInt64Array.from(values, BigInt) }
}

/** Integer attribute of a node, or `fallback` where it is absent. */
export function intAttribute(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes[name]
  return attribute?.kind === 'int' ? attribute.value : fallback
}

export function floatAttribute(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes[name]
  return attribute?.kind === 'float' ? attribute.value : fallback
}

export function stringAttribute(node: Node, name: string, fallback: string): string {
  const attribute = node.attributes[name]
  return attribute?.kind === 'string' ? attribute.value : fallback
}

/** Integer list attribute of a node; undefined where it is absent. */
export function intsAttribute(node: Node, name: string): readonly number[] | undefined {
  const attribute = node.attributes[name]
  return attribute?.kind === 'ints' ? attribute.value : undefined
}
