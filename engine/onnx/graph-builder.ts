import {
  type Attribute,
  type Graph,
  type Node,
  type Tensor,
  type ValueInfo,
  float32Tensor,
  int64Tensor,
} from './graph.ts'

/** Attributes as plain values: integers and floats must be told apart, so floats are wrapped by `float()`. */
export type AttributeInput = Readonly<Record<string, Attribute | number | string | readonly number[]>>

export interface OperatorOptions {
  /** Name of the (first) output; made unique when taken. Without it the output is named after the operator. */
  readonly name?: string
  /** How many outputs to name; 1 unless told. */
  readonly outputCount?: number
}

/** Marks a number as a float attribute (`alpha`), as integers are the default. */
export function float(value: number): Attribute {
  return { kind: 'float', value }
}

function toAttribute(value: Attribute | number | string | readonly number[]): Attribute {
  if (typeof value === 'number') return { kind: 'int', value }
  if (typeof value === 'string') return { kind: 'string', value }
  if (Array.isArray(value)) return { kind: 'ints', value: value as readonly number[] }
  return value as Attribute
}

/**
 * Grows a graph node by node. Every emitted name is unique and readable in an ONNX viewer;
 * equal constants are stored once.
 */
export class GraphBuilder {
  readonly #nodes: Node[] = []
  readonly #inputs: ValueInfo[] = []
  readonly #outputs: ValueInfo[] = []
  readonly #initializers = new Map<string, Tensor>()
  readonly #constantNames = new Map<string, string>()
  readonly #taken = new Set<string>()
  readonly #nextSuffix = new Map<string, number>()

  /** Starts from a copy of `base` (its nodes, inputs, outputs and initializers), or from nothing. */
  constructor(base?: Graph) {
    if (base === undefined) return
    for (const node of base.nodes) this.add(node)
    for (const input of base.inputs) this.input(input)
    for (const output of base.outputs) this.output(output)
    for (const [name, tensor] of base.initializers) this.initializer(name, tensor)
  }

  get nodes(): readonly Node[] {
    return this.#nodes
  }

  get initializers(): ReadonlyMap<string, Tensor> {
    return this.#initializers
  }

  /** `wanted` itself when free, else `wanted_2`, `wanted_3` …; the answer is reserved. */
  uniqueName(wanted: string): string {
    let candidate = wanted
    while (this.#taken.has(candidate)) {
      const suffix = (this.#nextSuffix.get(wanted) ?? 1) + 1
      this.#nextSuffix.set(wanted, suffix)
      candidate = `${wanted}_${suffix}`
    }
    this.#taken.add(candidate)
    return candidate
  }

  input(info: ValueInfo): string {
    this.#taken.add(info.name)
    this.#inputs.push(info)
    return info.name
  }

  output(info: ValueInfo): void {
    this.#outputs.push(info)
  }

  initializer(name: string, tensor: Tensor): string {
    this.#taken.add(name)
    this.#initializers.set(name, tensor)
    return name
  }

  /** Appends a ready node as it is and reserves the names it uses. */
  add(node: Node): void {
    for (const name of node.outputs) if (name !== '') this.#taken.add(name)
    this.#nodes.push(node)
  }

  /** Appends one operator and returns the name of its first output. */
  op(
    opType: string,
    inputs: readonly string[],
    attributes: AttributeInput = {},
    options: OperatorOptions = {},
  ): string {
    return this.ops(opType, inputs, attributes, options)[0] as string
  }

  /** Appends one operator and returns the names of all its outputs. */
  ops(
    opType: string,
    inputs: readonly string[],
    attributes: AttributeInput = {},
    options: OperatorOptions = {},
  ): readonly string[] {
    const base = options.name ?? opType
    const outputs = Array.from({ length: options.outputCount ?? 1 }, (_, index) =>
      this.uniqueName(index === 0 ? base : `${base}:${index}`),
    )
    const converted = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, toAttribute(value)]))
    this.#nodes.push({ opType, domain: '', name: outputs[0] as string, inputs, outputs, attributes: converted })
    return outputs
  }

  /** A float32 scalar (dims []) constant. */
  scalar(value: number): string {
    return this.#constant(`scalar ${value}`, `constant/${value}`, () => float32Tensor([], Float32Array.of(value)))
  }

  /** A float32 vector constant of shape [values.length]. */
  floats(values: readonly number[]): string {
    return this.#constant(`floats ${values.join()}`, 'constant/floats', () =>
      float32Tensor([values.length], Float32Array.from(values)),
    )
  }

  /** An int64 vector constant of shape [values.length], the form axes, shapes and pads take. */
  ints(values: readonly number[]): string {
    return this.#constant(`ints ${values.join()}`, `constant/[${values.join()}]`, () =>
      int64Tensor([values.length], values),
    )
  }

  /** An int64 scalar (dims []) constant. */
  int(value: number): string {
    return this.#constant(`int ${value}`, `constant/${value}i`, () => int64Tensor([], [value]))
  }

  /** A constant of any type under a readable name, made unique when taken. */
  constant(name: string, tensor: Tensor): string {
    return this.initializer(this.uniqueName(name), tensor)
  }

  #constant(key: string, name: string, make: () => Tensor): string {
    const known = this.#constantNames.get(key)
    if (known !== undefined) return known
    const created = this.initializer(this.uniqueName(name), make())
    this.#constantNames.set(key, created)
    return created
  }

  build(name: string, documentation = ''): Graph {
    return {
      name,
      nodes: [...this.#nodes],
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      initializers: new Map(this.#initializers),
      documentation,
    }
  }
}
