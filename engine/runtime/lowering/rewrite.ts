import type { Node } from '../../onnx/graph.ts'
import type { Site } from './site.ts'

/** One local change of a graph that keeps what it computes. */
export interface Rewrite {
  /**
   * Where `node` ends the pattern: emits its replacement at the site and returns true; the inner nodes of the pattern
   * stay where somebody else reads them. Returns false, having emitted nothing, where the pattern is another.
   */
  apply(node: Node, site: Site): boolean
}
