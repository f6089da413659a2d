import type { ModelNode, ModelSummary } from '../../engine/protocol/models.ts'

/** What is wrong with a node: it cannot be (danger), or is most likely not meant (warning); a sentence for a person. */
export interface NodeMark {
  readonly tone: 'danger' | 'warning'
  readonly message: string
}

/** A node as it is drawn. */
export interface GraphNode extends ModelNode {
  /** What it is called; left out: its operator. */
  readonly title?: string
  /** Its sizes, beside the title; left out: those of its ModelLayer. */
  readonly size?: string
  readonly mark?: NodeMark
}

/** What a graph can be drawn of: a model of a file, or a network that is being edited. */
export interface GraphSubject extends Pick<ModelSummary, 'title' | 'inputs' | 'outputs' | 'layers'> {
  /** Each behind those it reads. */
  readonly nodes: readonly GraphNode[]
}
