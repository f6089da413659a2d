import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from './generated/onnx_pb.ts'
import { requireDataType } from './data-types.ts'
import {
  type Attribute,
  type Dimension,
  type Graph,
  LARGEST_SIZE,
  type Node,
  type Tensor,
  type ValueInfo,
  float32Tensor,
  int64Tensor,
} from './graph.ts'
import { requiredNames, describeNode, topologicalOrder } from './graph-edit.ts'
import { ModelError } from './model-error.ts'
import { type ExternalData, readTensor } from './read-tensor.ts'

/** What is found out about a loop is found out twice, within a loop within it four times, and so on. */
const deepestBody = 8

/**
 * The graph of a file in the file's own operator set: constants as initializers, nodes in topological order.
 * `outerNames` are the values a body may use from the graphs around it, `depth` how many there are of those.
 * Throws ModelError where a node uses a value nothing produces, or two nodes produce the same one.
 */
export function readGraph(
  message: GraphProto,
  externalData: ExternalData | undefined,
  outerNames: ReadonlySet<string> = new Set(),
  depth = 0,
): Graph {
  if (depth > deepestBody) {
    throw new ModelError(
      `The bodies of its If, Loop and Scan nodes lie more than ${deepestBody} deep within each other, which is not supported: the file is damaged, or was made by no exporter.`,
    )
  }
  if (message.sparseInitializer.length > 0) {
    const name = message.sparseInitializer[0]?.values?.name ?? ''
    throw new ModelError(
      `The initializer '${name}' is sparse, which is not supported: save the model with dense tensors.`,
    )
  }
  const initializers = new Map<string, Tensor>()
  for (const tensor of message.initializer) {
    if (initializers.has(tensor.name)) throw twice('The initializer', tensor.name)
    initializers.set(tensor.name, readTensor(tensor, externalData, 'The initializer'))
  }
  const inputNames = new Set<string>()
  for (const { name } of message.input) {
    if (inputNames.has(name)) throw twice('The input', name)
    inputNames.add(name)
  }
  const visible = new Set([...outerNames, ...initializers.keys(), ...message.input.map((input) => input.name)])
  for (const node of message.node) for (const name of node.output) visible.add(name)
  const nodes: Node[] = []
  for (const nodeMessage of message.node) {
    const node = readNode(nodeMessage, externalData, visible, depth)
    if (node.opType === 'Constant' && node.domain === '') {
      const [name = ''] = node.outputs
      if (initializers.has(name)) throw madeTwice(name, node, 'an initializer or another constant')
      initializers.set(name, constantValue(node))
    } else {
      nodes.push(node)
    }
  }
  refuseRepeatedNames(nodes, initializers, inputNames)
  refuseUnknownNames(nodes, message, visible)
  return {
    name: message.name,
    nodes: topologicalOrder(nodes),
    inputs: message.input.filter((input) => !initializers.has(input.name)).map(readValueInfo),
    outputs: message.output.map(readValueInfo),
    initializers,
    documentation: message.docString,
  }
}

function twice(what: string, name: string): ModelError {
  return new ModelError(`${what} '${name}' is in the model twice: export it again with names of their own.`)
}

function readNode(
  message: NodeProto,
  externalData: ExternalData | undefined,
  visible: ReadonlySet<string>,
  depth: number,
): Node {
  const node = {
    opType: message.opType,
    domain: message.domain === 'ai.onnx' ? '' : message.domain,
    name: message.name,
    inputs: message.input,
    outputs: message.output,
  }
  const label = describeNode({ ...node, attributes: {} })
  const attributes = Object.fromEntries(
    message.attribute.map((attribute) => [
      attribute.name,
      readAttribute(attribute, label, externalData, visible, depth),
    ]),
  )
  return { ...node, attributes }
}

function readAttribute(
  message: AttributeProto,
  label: string,
  externalData: ExternalData | undefined,
  visible: ReadonlySet<string>,
  depth: number,
): Attribute {
  const what = `The attribute '${message.name}' of the node ${label}`
  const decoder = new TextDecoder()
  const kind = message.type === AttributeType.UNDEFINED ? attributeTypeByContent(message) : message.type
  switch (kind) {
    case AttributeType.FLOAT:
      return { kind: 'float', value: message.f }
    case AttributeType.INT:
      return { kind: 'int', value: exactNumber(message.i, what) }
    case AttributeType.STRING:
      return { kind: 'string', value: decoder.decode(message.s) }
    case AttributeType.TENSOR:
      if (message.t === undefined) break
      return { kind: 'tensor', value: readTensor(message.t, externalData, what) }
    case AttributeType.GRAPH:
      if (message.g === undefined) break
      return { kind: 'graph', value: readGraph(message.g, externalData, visible, depth + 1) }
    case AttributeType.FLOATS:
      return { kind: 'floats', value: message.floats }
    case AttributeType.INTS:
      return { kind: 'ints', value: message.ints.map((value) => exactNumber(value, what)) }
    case AttributeType.STRINGS:
      return { kind: 'strings', value: message.strings.map((bytes) => decoder.decode(bytes)) }
    default:
      throw new ModelError(`${what} is of a kind (${kind}) that is not supported.`)
  }
  throw new ModelError(`${what} has no value: the file is damaged.`)
}

/** Files of the first versions state no attribute types: the one field that is filled tells. */
function attributeTypeByContent(message: AttributeProto): AttributeType {
  if (message.g !== undefined) return AttributeType.GRAPH
  if (message.t !== undefined) return AttributeType.TENSOR
  if (message.ints.length > 0) return AttributeType.INTS
  if (message.floats.length > 0) return AttributeType.FLOATS
  if (message.strings.length > 0) return AttributeType.STRINGS
  if (message.s.length > 0) return AttributeType.STRING
  return message.f === 0 ? AttributeType.INT : AttributeType.FLOAT
}

/** An int64 as a number; the huge values that mean "to the end" in Slice become the largest exact integer. */
function exactNumber(value: bigint, what: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  if (Math.abs(number) >= 2 ** 62) return Math.sign(number) * Number.MAX_SAFE_INTEGER
  throw new ModelError(`${what} is ${value}, which is larger than the largest supported integer 2^53 - 1.`)
}

function constantValue(node: Node): Tensor {
  const { value, value_float, value_floats, value_int, value_ints, value_string, value_strings } = node.attributes
  if (value?.kind === 'tensor') return value.value
  if (value_float?.kind === 'float') return float32Tensor([], Float32Array.of(value_float.value))
  if (value_floats?.kind === 'floats') {
    return float32Tensor([value_floats.value.length], Float32Array.from(value_floats.value))
  }
  if (value_int?.kind === 'int') return int64Tensor([], [value_int.value])
  if (value_ints?.kind === 'ints') return int64Tensor([value_ints.value.length], value_ints.value)
  if (value_string?.kind === 'string') return { dataType: 'string', dims: [], data: [value_string.value] }
  if (value_strings?.kind === 'strings') {
    return { dataType: 'string', dims: [value_strings.value.length], data: value_strings.value }
  }
  throw new ModelError(
    `The constant ${describeNode(node)} has no dense value (its attributes: ${Object.keys(node.attributes).join(', ') || 'none'}): save the model with dense tensors.`,
  )
}

function readValueInfo(message: ValueInfoProto): ValueInfo {
  const { name } = message
  if (message.type?.value.case !== 'tensorType') return { name, type: undefined }
  const { elemType, shape } = message.type.value.value
  if (elemType === 0) return { name, type: undefined }
  const dataType = requireDataType(elemType, `The value '${name}'`)
  if (shape === undefined) return { name, type: undefined, dataType }
  const dims = shape.dim.map((dimension, axis): Dimension => {
    const { value } = dimension
    if (value.case === 'dimValue' && value.value > LARGEST_SIZE) {
      throw new ModelError(
        `The value '${name}' is said to have ${value.value} elements along axis ${axis}; no tensor is so large.`,
      )
    }
    if (value.case === 'dimValue' && value.value >= 0n) return Number(value.value)
    if (value.case === 'dimParam' && !isPlaceholder(value.value)) return value.value
    return `${name}_dim${axis}`
  })
  return { name, type: { dataType, dims } }
}

/** Exporters write these for "unknown"; two of them need not be the same size. */
function isPlaceholder(dimensionName: string): boolean {
  return ['', '?', '-1', 'none', 'n/a'].includes(dimensionName.toLowerCase())
}

function madeTwice(name: string, node: Node, rival: string): ModelError {
  return new ModelError(`The value '${name}' is made twice: by the node ${describeNode(node)} and by ${rival}.`)
}

function refuseRepeatedNames(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
  inputNames: ReadonlySet<string>,
): void {
  const producers = new Map<string, Node>()
  for (const node of nodes) {
    for (const name of node.outputs) {
      if (name === '') continue
      const other = producers.get(name)
      if (other !== undefined) throw madeTwice(name, node, `the node ${describeNode(other)}`)
      if (initializers.has(name)) throw madeTwice(name, node, 'an initializer')
      if (inputNames.has(name)) throw madeTwice(name, node, 'whoever feeds the input of that name')
      producers.set(name, node)
    }
  }
}

function refuseUnknownNames(nodes: readonly Node[], message: GraphProto, visible: ReadonlySet<string>): void {
  for (const node of nodes) {
    const missing = requiredNames(node).find((name) => !visible.has(name))
    if (missing !== undefined) {
      throw new ModelError(
        `The node ${describeNode(node)} needs the value '${missing}', which nothing in the model gives.`,
      )
    }
  }
  const output = message.output.find((candidate) => !visible.has(candidate.name))
  if (output !== undefined) throw new ModelError(`The output '${output.name}' is given by no node of the model.`)
}
