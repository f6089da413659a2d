import type { GraphTexts } from '../../../graph/visible-graph.ts'
import { formatInteger } from '../../../i18n/format.ts'
import { type MessageKey, text } from '../../../i18n/text.ts'

/** How a graph is drawn and handled: as a model to look at, or as a network to edit. */
export interface GraphManner {
  /** Whether every node is a box of its own: what is edited must not be part of another's box. */
  readonly isApart: boolean
  /** Whether there is always a selected box, because edits are about it. */
  readonly keepsSelection: boolean
  readonly texts: GraphTexts
  readonly label: (name: string, count: number) => string
  /** What the keys do. */
  readonly keys: MessageKey
}

function texts(countKey: 'modelFile.graph.nodes' | 'model.graph.layers'): GraphTexts {
  return {
    block: (number) => text('modelFile.graph.block', { number }),
    nodes: (count) => text(countKey, { count, shown: formatInteger(count) }),
    alike: (count) => text('modelFile.graph.alike', { count }),
    get input() {
      return text('modelFile.graph.input')
    },
    get output() {
      return text('modelFile.graph.output')
    },
  }
}

export const asModel: GraphManner = {
  isApart: false,
  keepsSelection: false,
  texts: texts('modelFile.graph.nodes'),
  label: (name, count) => text('modelFile.graph.label', { name, count }),
  keys: 'modelFile.graph.keys',
}

export const asEdited: GraphManner = {
  isApart: true,
  keepsSelection: true,
  texts: texts('model.graph.layers'),
  label: (name, count) => text('model.graph.label', { name, count }),
  keys: 'model.graph.keys',
}
