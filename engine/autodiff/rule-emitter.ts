import type { AttributeInput, GraphBuilder } from '../onnx/graph-builder.ts'
import { type Dimension, type Tensor, elementCount, float32Tensor } from '../onnx/graph.ts'
import { NodeRefusal } from './node-refusal.ts'
import type { NodeView } from './node-view.ts'
import type { Emitter } from './rule.ts'
import { sumToShape } from './sum-to-shape.ts'

function isStatic(dims: readonly Dimension[]): dims is readonly number[] {
  return dims.every((size) => typeof size === 'number')
}

/** Writes one rule's operators into the gradient graph under the prefix `<forward node>/grad`. */
export class RuleEmitter implements Emitter {
  readonly #builder: GraphBuilder
  readonly #prefix: string
  readonly #node: NodeView

  constructor(builder: GraphBuilder, prefix: string, node: NodeView) {
    this.#builder = builder
    this.#prefix = prefix
    this.#node = node
  }

  op(opType: string, inputs: readonly string[], attributes: AttributeInput = {}, label: string = opType): string {
    return this.#builder.op(opType, inputs, attributes, { name: `${this.#prefix}/${label}` })
  }

  scalar(value: number): string {
    return this.#builder.scalar(value)
  }

  int(value: number): string {
    return this.#builder.int(value)
  }

  ints(values: readonly number[]): string {
    return this.#builder.ints(values)
  }

  constant(label: string, value: Tensor): string {
    return this.#builder.constant(`${this.#prefix}/${label}`, value)
  }

  tensor(label: string, dims: readonly number[], data: Float32Array): string {
    return this.constant(label, float32Tensor(dims, data))
  }

  shapeOfInput(index: number): string {
    const dims = this.#node.inputDims(index)
    return isStatic(dims) ? this.ints(dims) : this.op('Shape', [this.#node.inputName(index)])
  }

  elementCountOfInput(index: number): string {
    const dims = this.#node.inputDims(index)
    if (isStatic(dims)) return this.ints([elementCount(dims)])
    return this.reshape(this.op('Size', [this.#node.inputName(index)]), [1], 'element-count')
  }

  reshape(value: string, dims: readonly Dimension[], label = 'Reshape'): string {
    const named = dims.filter((size) => typeof size === 'string')
    if (named.length > 1) {
      throw new NodeRefusal(
        `has a gradient with a Reshape to [${dims.join()}], where more than one size is unknown; give the graph's inputs concrete sizes.`,
      )
    }
    const target = dims.map((size) => (typeof size === 'string' ? -1 : size))
    return this.op('Reshape', [value, this.ints(target)], {}, label)
  }

  sumToShape(value: string, from: readonly Dimension[], to: readonly Dimension[]): string {
    return sumToShape(this, value, from, to)
  }
}
