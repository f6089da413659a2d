import { type DataType, type Dimension, type Graph, LARGEST_SIZE, type Node, type TensorType } from '../graph.ts'
import { describeNode } from '../graph-edit.ts'
import { ModelError } from '../model-error.ts'
import { type KnownValue, broadcastDimension, formatDims } from './dimensions.ts'

/** Shapes that do not fit an operator; the message names the node, the operator and the shapes. */
export class ShapeError extends ModelError {
  override readonly name = 'ShapeError'
}

/** The type of a value and, for small ones that do not depend on the data, its elements in row-major order. */
export interface InferredValue extends TensorType {
  readonly values?: readonly KnownValue[] | undefined
}

/** Types of a node's outputs from those of its inputs; undefined (or a shorter list) where they cannot be known. */
export type ShapeRule = (context: ShapeContext) => readonly (InferredValue | undefined)[]

/** What a rule may ask beyond its own node. */
export interface ShapeSurroundings {
  lookup(name: string): InferredValue | undefined
  /** A symbol no other size has, readable as `stem`. */
  freshSymbol(stem: string): string
  /** Outputs of a body whose inputs are of the given types; it sees the values around the node. */
  inferBody(body: Graph, inputs: readonly (InferredValue | undefined)[]): readonly (InferredValue | undefined)[]
}

/** One node under inference; every input that is present has a known type. */
export class ShapeContext {
  readonly node: Node
  readonly surroundings: ShapeSurroundings

  constructor(node: Node, surroundings: ShapeSurroundings) {
    this.node = node
    this.surroundings = surroundings
  }

  has(index: number): boolean {
    return (this.node.inputs[index] ?? '') !== ''
  }

  /** Type of a required input; throws ShapeError where it is left out. */
  input(index: number): InferredValue {
    return this.optionalInput(index) ?? this.fail(`its input ${index + 1} is missing`)
  }

  optionalInput(index: number): InferredValue | undefined {
    const name = this.node.inputs[index] ?? ''
    return name === '' ? undefined : this.surroundings.lookup(name)
  }

  /** Known elements of an input, undefined where it is absent or depends on the data. */
  values(index: number): readonly KnownValue[] | undefined {
    return this.optionalInput(index)?.values
  }

  /** The same of an input that holds sizes, axes or counts; throws ShapeError where its elements are no whole numbers. */
  integers(index: number): readonly KnownValue[] | undefined {
    const input = this.optionalInput(index)
    if (input === undefined || /^u?int/.test(input.dataType)) return input?.values
    return this.fail(`its input ${index + 1} holds ${input.dataType} elements where whole numbers belong`)
  }

  /** `integers` where they are all plain numbers, else undefined. */
  numbers(index: number): readonly number[] | undefined {
    const values = this.integers(index)
    return values?.every((value) => typeof value === 'number') === true ? values : undefined
  }

  /** The given size, or a new symbol for output `axis` where it is not known. */
  orFresh(size: KnownValue, axis: number): Dimension {
    return size ?? this.surroundings.freshSymbol(`${this.node.outputs[0] ?? this.node.opType}_dim${axis}`)
  }

  /** `axis` counted from the front; throws ShapeError outside [-rank, rank). */
  axis(axis: number, rank: number): number {
    if (!Number.isInteger(axis) || axis < -rank || axis >= rank) this.fail(`there is no axis ${axis} among ${rank}`)
    return axis < 0 ? axis + rank : axis
  }

  /** Throws ShapeError unless every size of a result that is known is one that a tensor can have. */
  requireSizes(dims: readonly Dimension[]): void {
    const bad = dims.find(
      (size) => typeof size === 'number' && !(Number.isInteger(size) && size >= 0 && size <= LARGEST_SIZE),
    )
    if (bad !== undefined)
      this.fail(`the result would have the shape ${formatDims(dims)}, and no axis has ${bad} elements`)
  }

  /** Common shape of tensors broadcast against each other, as NumPy does. */
  broadcast(shapes: readonly (readonly Dimension[])[]): readonly Dimension[] {
    const rank = Math.max(...shapes.map((dims) => dims.length))
    return Array.from({ length: rank }, (_, axis) => {
      let size: Dimension = 1
      for (const dims of shapes) {
        const candidate = dims[axis - rank + dims.length] ?? 1
        const common = broadcastDimension(size, candidate)
        if (common === null) this.fail(`the sizes ${size} and ${candidate} of axis ${axis} differ and neither is 1`)
        size = this.orFresh(common, axis)
      }
      return size
    })
  }

  /** Throws unless the inputs have one element type, which it returns. */
  commonDataType(indices: readonly number[]): DataType {
    const types = indices.map((index) => this.input(index).dataType)
    const other = types.find((dataType) => dataType !== types[0])
    if (other !== undefined) this.fail(`it mixes the element types ${types[0]} and ${other}`)
    return types[0] as DataType
  }

  fail(reason: string): never {
    const shapes = this.node.inputs.map((name) => {
      const type = name === '' ? undefined : this.surroundings.lookup(name)
      return type === undefined ? '(none)' : formatDims(type.dims)
    })
    const inputs = shapes.length === 0 ? 'no inputs' : `inputs of the shapes ${shapes.join(' and ')}`
    throw new ShapeError(`The node ${describeNode(this.node)} cannot take ${inputs}: ${reason}.`)
  }
}
