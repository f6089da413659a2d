import type { Graph, Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { createSession } from '../../engine/runtime/session.ts'

/** Every output of a graph, or of an ONNX file, computed by the runtime on its CPU provider. */
export async function runOnCpu(
  model: Graph | Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const bytes = model instanceof Uint8Array ? model : writeModel({ graph: model })
  const session = await createSession(bytes, { provider: 'cpu', threads: 1 })
  try {
    return (await session.run(feeds)) as Record<string, Tensor>
  } finally {
    await session.release()
  }
}
