import { Constants } from '../models/constants.ts'
import type { KernelLayer } from '../models/kernel-layers.ts'
import { readKernels } from '../models/read-kernels.ts'
import type { Graph, TensorType } from '../onnx/graph.ts'
import type { WatchedLayer } from './trained-network.ts'

/** A layer of `graph` under the name `name`, its kernels read out of whatever its weights are at a step; `types` are those of the graph's values. */
export function watchLayer(
  name: string,
  layer: KernelLayer,
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
): WatchedLayer {
  const { operator, shape, weight } = layer
  return {
    name,
    operator,
    shape,
    weight,
    kernels: (value) => {
      const initializers = new Map([...graph.initializers, [weight, value]])
      return readKernels(layer, new Constants({ ...graph, initializers }, types))
    },
  }
}
