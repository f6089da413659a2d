import { Tensor as NativeTensor } from 'onnxruntime-node'
import type { DataType, Tensor, TensorData } from '../onnx/graph.ts'

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
  await tensor.native.getData()
  return { dataType: tensor.dataType, dims: tensor.dims, data: engineData(tensor.native) }
}

/** Frees the device memory of a tensor that is not needed any more; does nothing for one in main memory. */
export function dispose(tensor: RuntimeTensor): void {
  if (tensor instanceof DeviceTensor) tensor.native.dispose()
}

/** float16 stays a bit pattern also where the JavaScript engine has a Float16Array of its own. */
function engineData(native: NativeTensor): TensorData {
  const data = native.data
  if (native.type !== 'float16' || data instanceof Uint16Array) return data as TensorData
  const { buffer, byteOffset, length } = data as unknown as Uint16Array
  return new Uint16Array(buffer, byteOffset, length)
}
