import { gatherFacts } from '../../models/graph-facts.ts'
import { findKernelLayers } from '../../models/kernel-layers.ts'
import type { ResizingTrial } from '../../protocol/inspector.ts'
import { randomStream } from '../../random/stream.ts'
import { type NewFilters, resizeFilters } from '../../resizing/resize-filters.ts'
import { ResizingError } from '../../resizing/resizing-error.ts'
import { type NetworkSubject, withBatch } from './network-subject.ts'

/**
 * Gives a copy of the network other filters, to see whether that is possible before anything is changed, and how wide
 * its layers are then: those behind that filter each map by itself follow. Throws InspectionError where there is no such layer.
 */
export function tryResizing(network: NetworkSubject, wish: NewFilters): ResizingTrial {
  const { facts, layer } = withBatch(network, network.batch ?? 1)
  try {
    const fresh = { initializer: 'heNormal', stream: randomStream(0, 'trial') } as const
    const layers = findKernelLayers(gatherFacts(resizeFilters(layer, facts, wish, fresh)))
    const widths = layers.map(
      ({ node, shape: [filters], groups }) => [node.outputs[0] ?? '', { filters, groups }] as const,
    )
    return { widths: Object.fromEntries(widths) }
  } catch (error) {
    if (error instanceof ResizingError) return { whyNot: error.message }
    throw error
  }
}
