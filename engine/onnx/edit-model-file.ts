import { create, toBinary } from '@bufbuild/protobuf'
import { dataTypeCode } from './data-types.ts'
import { decodeModel } from './decode-model.ts'
import { convertToFloat32 } from './float32-file.ts'
import {
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  TensorProto_DataLocation,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.ts'
import { type Tensor, int64Tensor } from './graph.ts'
import { ModelError } from './model-error.ts'
import { type ExternalData, readTensor } from './read-tensor.ts'
import { tensorMessage } from './tensor-message.ts'

/** Files of this version and later may keep initializers that are not also listed as inputs. */
const freeInitializersSince = 4n

/** What to change in a model file; everything else stays as it is, whatever its operator set. */
export interface ModelEdits {
  /** Whether everything in float16, bfloat16 or float64 becomes float32: inputs and outputs as well. */
  readonly inFloat32?: boolean
  /** Values by name that are constants from now on, whether they were initializers or computed. */
  readonly values?: ReadonlyMap<string, Tensor>
  /** The constant shape that a Reshape asks for, by its output. */
  readonly targetShapes?: ReadonlyMap<string, readonly number[]>
  /** The name of the free first size of an input. */
  readonly input?: { readonly name: string; readonly batch: string }
  /** The name of the free first size of every output, and the second size of one. */
  readonly output?: { readonly name: string; readonly batch: string; readonly classes: number }
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * The bytes of a model file with `edits`, in one piece: what it kept in other files comes along, read by `externalData`.
 * Throws ModelError where the file is none, or what is to be changed is not in it.
 */
export function editModelFile(bytes: Uint8Array, edits: ModelEdits, externalData?: ExternalData): Uint8Array {
  const message = decodeModel(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const { graph } = message
  if (graph === undefined) throw new ModelError('The file holds no graph: it is not an ONNX model, or a damaged one.')
  const editor = new GraphEditor(graph, message.irVersion < freeInitializersSince)
  editor.bringIn(externalData)
  if (edits.inFloat32 === true) convertToFloat32(graph, externalData)
  for (const [name, tensor] of edits.values ?? []) editor.setValue(name, tensor)
  for (const [output, shape] of edits.targetShapes ?? []) editor.setTargetShape(output, shape)
  if (edits.input !== undefined) editor.freeInput(edits.input.name, edits.input.batch)
  if (edits.output !== undefined) editor.setOutputs(edits.output.name, edits.output.batch, edits.output.classes)
  editor.clean()
  const metadata = new Map(message.metadataProps.map(({ key, value }) => [key, value]))
  for (const [key, value] of Object.entries(edits.metadata ?? {})) metadata.set(key, value)
  message.metadataProps = [...metadata].map(([key, value]) => ({
    $typeName: 'onnx.StringStringEntryProto',
    key,
    value,
  }))
  return toBinary(ModelProtoSchema, message)
}

class GraphEditor {
  readonly #graph: GraphProto
  readonly #listsInitializers: boolean
  /** Nodes nobody needed before: they stay. */
  readonly #unusedBefore: ReadonlySet<NodeProto>
  #areShapesStale = false

  constructor(graph: GraphProto, listsInitializers: boolean) {
    this.#graph = graph
    this.#listsInitializers = listsInitializers
    this.#unusedBefore = new Set(unusedNodes(graph))
  }

  bringIn(externalData: ExternalData | undefined): void {
    this.#graph.initializer = this.#graph.initializer.map((tensor) =>
      tensor.dataLocation === TensorProto_DataLocation.EXTERNAL
        ? tensorMessage(tensor.name, readTensor(tensor, externalData, 'The initializer'))
        : tensor,
    )
  }

  setValue(name: string, tensor: Tensor): void {
    const graph = this.#graph
    const message = tensorMessage(name, tensor)
    const at = graph.initializer.findIndex((other) => other.name === name)
    const producer = graph.node.find((node) => node.output.includes(name))
    const constant = producer?.opType === 'Constant' ? producer.attribute.find((one) => one.t !== undefined) : undefined
    if (at >= 0) graph.initializer[at] = message
    else if (constant !== undefined) constant.t = { ...message, name: constant.t?.name ?? '' }
    else if (producer !== undefined) {
      graph.node = graph.node.filter((node) => node !== producer)
      graph.initializer.push(message)
      if (this.#listsInitializers) graph.input.push(create(ValueInfoProtoSchema, { name }))
    } else throw new ModelError(`The model has no value '${name}' that could be changed; it is not the file it was.`)
    const listed = graph.input.find((input) => input.name === name)
    if (listed !== undefined) listed.type = typeMessage(tensor)
    this.#areShapesStale = true
  }

  /** As a constant of its own: others may ask for the same shape. */
  setTargetShape(output: string, shape: readonly number[]): void {
    const node = this.#graph.node.find((candidate) => candidate.output[0] === output)
    if (node?.opType !== 'Reshape') throw new ModelError(`The model has no Reshape that gives '${output}'.`)
    const name = this.#freeName(`${output}_shape`)
    node.input = [node.input[0] ?? '', name]
    const tensor = int64Tensor([shape.length], shape)
    this.#graph.initializer.push(tensorMessage(name, tensor))
    if (this.#listsInitializers) {
      this.#graph.input.push(create(ValueInfoProtoSchema, { name, type: typeMessage(tensor) }))
    }
    this.#areShapesStale = true
  }

  freeInput(name: string, batch: string): void {
    const input = this.#graph.input.find((candidate) => candidate.name === name)
    if (input === undefined) throw new ModelError(`The model has no input '${name}'.`)
    setDimension(input, 0, batch)
    this.#areShapesStale = true
  }

  setOutputs(name: string, batch: string, classes: number): void {
    for (const output of this.#graph.output) {
      setDimension(output, 0, batch)
      if (output.name === name) setDimension(output, 1, classes)
    }
    this.#areShapesStale = true
  }

  /** Takes away what nothing needs any more, and stated shapes that no longer hold. */
  clean(): void {
    const graph = this.#graph
    for (let unused = this.#newlyUnused(); unused.size > 0; unused = this.#newlyUnused()) {
      graph.node = graph.node.filter((node) => !unused.has(node))
    }
    const needed = neededNames(graph)
    const dropped = new Set(graph.initializer.map(({ name }) => name).filter((name) => !needed.has(name)))
    graph.initializer = graph.initializer.filter(({ name }) => !dropped.has(name))
    graph.input = graph.input.filter(({ name }) => !dropped.has(name))
    if (this.#areShapesStale) graph.valueInfo = []
  }

  #newlyUnused(): ReadonlySet<NodeProto> {
    return new Set(unusedNodes(this.#graph).filter((node) => !this.#unusedBefore.has(node)))
  }

  #freeName(wanted: string): string {
    const taken = neededNames(this.#graph)
    let name = wanted
    for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`
    return name
  }
}

function unusedNodes(graph: GraphProto): NodeProto[] {
  const needed = neededNames(graph)
  return graph.node.filter((node) => !node.output.some((name) => needed.has(name)))
}

/** Every name that a node, a body in one, or an output of the graph uses. */
function neededNames(graph: GraphProto): Set<string> {
  const names = new Set(graph.output.map(({ name }) => name))
  for (const node of graph.node) {
    for (const name of node.input) names.add(name)
    for (const { g } of node.attribute) if (g !== undefined) for (const name of neededNames(g)) names.add(name)
  }
  names.delete('')
  return names
}

function setDimension(info: ValueInfoProto, axis: number, size: string | number): void {
  if (info.type?.value.case !== 'tensorType') return
  const dimension = info.type.value.value.shape?.dim[axis]
  if (dimension === undefined) return
  dimension.value =
    typeof size === 'number' ? { case: 'dimValue', value: BigInt(size) } : { case: 'dimParam', value: size }
}

function typeMessage({ dataType, dims }: Tensor) {
  const dim = dims.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } }))
  const tensorType = { elemType: dataTypeCode(dataType), shape: { dim } }
  return create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } })
}
