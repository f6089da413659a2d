import { GraphBuilder } from '../onnx/graph-builder.ts'
import { float32Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import { createSession } from './session.ts'

/** Inner products of rows, computed by the runtime. */
export interface RuntimeRowProducts {
  /** All inner products [count, count] of `count` rows of `length` values, in float32. Throws RuntimeError. */
  readonly compute: (rows: Float32Array | Float64Array, count: number, length: number) => Promise<Float32Array>
  release(): Promise<void>
}

/** On the CPU, whose fast matrix product serves matrices of any size with one session. Throws RuntimeError. */
export async function createRowProducts(threads?: number): Promise<RuntimeRowProducts> {
  const builder = new GraphBuilder()
  builder.input({ name: 'rows', type: { dataType: 'float32', dims: ['count', 'length'] } })
  builder.op('Gemm', ['rows', 'rows'], { transB: 1 }, { name: 'products' })
  builder.output({ name: 'products', type: { dataType: 'float32', dims: ['count', 'count'] } })
  const model = writeModel({ graph: builder.build('row products') })
  const session = await createSession(model, { provider: 'cpu', ...(threads !== undefined && { threads }) })
  return {
    async compute(rows, count, length) {
      const values = rows instanceof Float32Array ? rows : new Float32Array(rows)
      const { products } = await session.run({ rows: float32Tensor([count, length], values) })
      return (products as { readonly data: Float32Array }).data
    },
    release: () => session.release(),
  }
}
