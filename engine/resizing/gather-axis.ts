import { type Tensor, elementCount } from '../onnx/graph.ts'
import { FRESH } from './channel-layout.ts'

/** What a new index holds: the value at `rest`, counted along all other axes, of the new index number `fresh`. */
export type FreshValue = (fresh: number, rest: number) => number

/** `tensor` with the indices `sources` along `axis`, those that are FRESH filled by `freshValue`. */
export function gatherAxis(tensor: Tensor, axis: number, sources: Int32Array, freshValue: FreshValue): Tensor {
  const { dims, data } = tensor
  if (!(data instanceof Float32Array)) throw new TypeError('Only float32 tensors are resized.')
  const size = dims[axis] as number
  const inner = elementCount(dims.slice(axis + 1))
  const outer = elementCount(dims.slice(0, axis))
  const result = new Float32Array(outer * sources.length * inner)
  let at = 0
  for (let before = 0; before < outer; before++) {
    let fresh = 0
    for (const source of sources) {
      if (source === FRESH) {
        for (let behind = 0; behind < inner; behind++) result[at + behind] = freshValue(fresh, before * inner + behind)
        fresh++
      } else {
        const from = (before * size + source) * inner
        result.set(data.subarray(from, from + inner), at)
      }
      at += inner
    }
  }
  return { dataType: 'float32', dims: dims.with(axis, sources.length), data: result }
}
