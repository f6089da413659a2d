import { dataTypeCode } from '../../engine/onnx/data-types.ts'
import type { Node, Tensor, ValueInfo } from '../../engine/onnx/graph.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'

/** A float32 file as converters to float16 leave it: weights and all between in float16, what goes in and comes out cast. */
export function inHalfPrecision(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { graph } = readModel(bytes)
  const cast = (from: string, to: string, dataType: 'float16' | 'float32'): Node => {
    const attributes = { to: { kind: 'int' as const, value: dataTypeCode(dataType) } }
    return { opType: 'Cast', domain: '', name: to, inputs: [from], outputs: [to], attributes }
  }
  const outer = (info: ValueInfo) => ({ ...info, name: `${info.name}_float32` })
  const nodes = [
    ...graph.inputs.map(({ name }) => cast(`${name}_float32`, name, 'float16')),
    ...graph.nodes,
    ...graph.outputs.map(({ name }) => cast(name, `${name}_float32`, 'float32')),
  ]
  const initializers = new Map([...graph.initializers].map(([name, tensor]) => [name, halved(tensor)]))
  const halvedGraph = {
    ...graph,
    nodes,
    initializers,
    inputs: graph.inputs.map(outer),
    outputs: graph.outputs.map(outer),
  }
  return writeModel({ graph: halvedGraph }) as Uint8Array<ArrayBuffer>
}

function halved({ dataType, dims, data }: Tensor): Tensor {
  if (dataType !== 'float32') return { dataType, dims, data }
  return { dataType: 'float16', dims, data: Uint16Array.from(data as Float32Array, halfBits) }
}

/** The float16 next to 0 from `value`, whose size is below 65504. */
function halfBits(value: number): number {
  const sign = value < 0 ? 0x8000 : 0
  const size = Math.abs(value)
  if (size < 2 ** -14) return sign | Math.floor(size * 2 ** 24)
  const exponent = Math.floor(Math.log2(size))
  return sign | ((exponent + 15) << 10) | Math.floor((size / 2 ** exponent - 1) * 1024)
}
