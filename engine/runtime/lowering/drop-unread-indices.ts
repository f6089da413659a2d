import type { Rewrite } from './rewrite.ts'

/** Leaves out a MaxPool's Indices where nobody reads them: the runtime takes its fast path only without. */
export const dropUnreadIndices: Rewrite = {
  apply(node, site) {
    const indices = node.outputs[1]
    if (node.opType !== 'MaxPool' || node.domain !== '' || indices === undefined) return false
    if (site.readers(indices).length > 0 || site.isGraphOutput(indices)) return false
    site.add({ ...node, outputs: [node.outputs[0] as string] })
    return true
  },
}
