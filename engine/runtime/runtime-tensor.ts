import { InferenceSession, Tensor as NativeTensor } from 'onnxruntime-node'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import type { DataType, Tensor, TensorData } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'

/** A tensor in the memory of an accelerator: it can be fed back to a session, downloaded and disposed of, not read. */
export class DeviceTensor {
  readonly dataType: DataType
  readonly dims: readonly number[]
  readonly #native: NativeTensor

  constructor(native: NativeTensor) {
    this.dataType = native.type as DataType
    this.dims = native.dims
    this.#native = native
  }

  get native(): NativeTensor {
    return this.#native
  }
}

/** What goes into and comes out of a session. */
export type RuntimeTensor = Tensor | DeviceTensor

/** The runtime's view of a tensor; shares the memory of `tensor.data`. */
export function toNative(tensor: RuntimeTensor): NativeTensor {
  if (tensor instanceof DeviceTensor) return tensor.native
  // The runtime has no bfloat16 in JavaScript; its constructor refuses the name with a message of its own.
  return new NativeTensor(tensor.dataType as 'float32', tensor.data as Float32Array, tensor.dims)
}

/** The engine's view of a tensor that the runtime returned; shares its memory. */
export function fromNative(native: NativeTensor): RuntimeTensor {
  if (native.location !== 'cpu') return new DeviceTensor(native)
  return { dataType: native.type as DataType, dims: native.dims, data: engineData(native) }
}

/** Reads a device tensor back to main memory, and returns any other as it is. */
export async function download(tensor: RuntimeTensor): Promise<Tensor> {
  if (!(tensor instanceof DeviceTensor)) return tensor
  const key = `${tensor.dataType} ${tensor.dims.length}`
  const copier = copiers.get(key) ?? createCopier(tensor)
  copiers.set(key, copier)
  const { copy } = await (await copier).run({ tensor: tensor.native })
  return fromNative(copy as NativeTensor) as Tensor
}

/** The tensor's own getData() ends the process with an uncaught C++ exception (1.30), so that a graph does the copying. */
const copiers = new Map<string, Promise<InferenceSession>>()

function createCopier({ dataType, dims }: DeviceTensor): Promise<InferenceSession> {
  const builder = new GraphBuilder()
  const sizes = dims.map((_, axis) => `size${axis}`)
  builder.input({ name: 'tensor', type: { dataType, dims: sizes } })
  builder.op('Identity', ['tensor'], {}, { name: 'copy' })
  builder.output({ name: 'copy', type: { dataType, dims: sizes } })
  return InferenceSession.create(writeModel({ graph: builder.build('copy') }), {
    executionProviders: ['webgpu'],
    logSeverityLevel: 4,
  })
}

/** Frees the device memory of a tensor that is not needed any more; does nothing for one in main memory. */
export function dispose(tensor: RuntimeTensor): void {
  if (tensor instanceof DeviceTensor) tensor.native.dispose()
}

/** float16 stays a bit pattern also where the JavaScript engine has a Float16Array of its own. */
function engineData(native: NativeTensor): TensorData {
  const data = native.data
  if (native.type !== 'float16' || data instanceof Uint16Array) return data
  const { buffer, byteOffset, length } = data as unknown as Uint16Array
  return new Uint16Array(buffer, byteOffset, length)
}
