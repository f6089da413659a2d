import type { Graph } from '../../onnx/graph.ts'
import type { ProviderName } from '../../protocol/settings.ts'
import type { Rewrite } from './rewrite.ts'
import { rewriteGraph } from './site.ts'

const rewrites: Readonly<Record<ProviderName, readonly Rewrite[]>> = {
  cpu: [],
  webgpu: [],
  cuda: [],
  dml: [],
  coreml: [],
}

/**
 * The same computation in the operators that a provider runs fastest, or at all; names of inputs and outputs stay.
 * It reads the forms the gradient rules emit, so it must see the step before steps are fused into a loop.
 */
export function lowerForProvider(graph: Graph, provider: ProviderName): Graph {
  return rewrites[provider].reduce(rewriteGraph, graph)
}
