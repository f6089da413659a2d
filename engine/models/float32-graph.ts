import { dataTypeCode } from '../onnx/data-types.ts'
import { type Attribute, type Graph, type Node, type Tensor, type ValueInfo, deferredTensor } from '../onnx/graph.ts'
import { float32Values, isOtherFloat, otherFloatCodes, typeAttributes } from '../onnx/float-values.ts'

/**
 * `graph` with everything that is float16, bfloat16 or float64 in float32, which is what the engine trains and every
 * provider computes; its inputs and outputs as well. A graph that is float32 already is returned as it is.
 */
export function inFloat32(graph: Graph): Graph {
  return usesOtherFloats(graph) ? convertGraph(graph) : graph
}

const float32Code = dataTypeCode('float32')

function usesOtherFloats(graph: Graph): boolean {
  const values = [...graph.inputs, ...graph.outputs].map(({ type, dataType }) => type?.dataType ?? dataType)
  const isOther = (dataType: Tensor['dataType'] | undefined) => dataType !== undefined && isOtherFloat(dataType)
  return (
    values.some(isOther) ||
    [...graph.initializers.values()].some(({ dataType }) => isOther(dataType)) ||
    graph.nodes.some((node) =>
      Object.entries(node.attributes).some(([name, value]) => isOtherFloatAttribute(name, value)),
    )
  )
}

function isOtherFloatAttribute(name: string, attribute: Attribute): boolean {
  if (attribute.kind === 'tensor') return isOtherFloat(attribute.value.dataType)
  if (attribute.kind === 'graph') return usesOtherFloats(attribute.value)
  return attribute.kind === 'int' && typeAttributes.has(name) && otherFloatCodes.has(attribute.value)
}

function convertGraph(graph: Graph): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map(convertNode),
    inputs: graph.inputs.map(convertValue),
    outputs: graph.outputs.map(convertValue),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, convertTensor(tensor)])),
  }
}

function convertNode(node: Node): Node {
  const attributes = Object.entries(node.attributes).map(([name, value]) => [name, convertAttribute(name, value)])
  return { ...node, attributes: Object.fromEntries(attributes) as Node['attributes'] }
}

function convertAttribute(name: string, attribute: Attribute): Attribute {
  if (attribute.kind === 'tensor') return { kind: 'tensor', value: convertTensor(attribute.value) }
  if (attribute.kind === 'graph') return { kind: 'graph', value: convertGraph(attribute.value) }
  return isOtherFloatAttribute(name, attribute) ? { kind: 'int', value: float32Code } : attribute
}

function convertValue(info: ValueInfo): ValueInfo {
  const dataType = info.type?.dataType ?? info.dataType
  if (dataType === undefined || !isOtherFloat(dataType)) return info
  return {
    ...info,
    type: info.type && { ...info.type, dataType: 'float32' },
    ...(info.dataType !== undefined && { dataType: 'float32' }),
  }
}

function convertTensor(tensor: Tensor): Tensor {
  if (!isOtherFloat(tensor.dataType)) return tensor
  return deferredTensor('float32', tensor.dims, () => float32Values(tensor))
}
