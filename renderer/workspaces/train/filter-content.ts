import { computed, shallowRef, watch } from 'vue'
import type { ComputedRef } from 'vue'
import { refThrottled } from '@vueuse/core'
import type { LayerResponse } from '../../../engine/protocol/preview.ts'
import type { FilterFrame, KernelLayer } from '../../../engine/protocol/runs.ts'
import type { FilterVerdictName } from '../../../engine/protocol/verdicts.ts'
import type { ColourMap } from '../../drawing/colour-map.ts'
import { changeSince, sortFilters } from '../../drawing/kernel-measures.ts'
import type { FilterQuantity, FilterSort } from '../../drawing/kernel-measures.ts'
import { sortByResponse } from '../../fine-tuning/responses.ts'
import { sharedSignedScale } from '../../drawing/value-scale.ts'
import type { ScaleMode } from '../../drawing/value-scale.ts'
import type { WallContent } from '../../drawing/wall-content.ts'
import { onlyVerdict, sortByVerdict } from '../../verdicts/verdict-counts.ts'

export interface FilterContentInput {
  readonly layer: KernelLayer
  readonly now: FilterFrame
  readonly birth: FilterFrame | undefined
  readonly response: LayerResponse | undefined
  /** Of each filter, where they are known. */
  readonly verdicts: readonly FilterVerdictName[] | undefined
  /** Shows only filters with this verdict. */
  readonly only: FilterVerdictName | undefined
  readonly sort: FilterSort
  readonly shows: FilterQuantity
  readonly scaleMode: ScaleMode
  readonly isComposite: boolean
  readonly map: ColourMap
}

const SORT_INTERVAL_MS = 1000

/** What the filter wall shows; sorting follows live weights once a second, so that tiles do not dance. */
export function useFilterContent(input: () => FilterContentInput): {
  readonly content: ComputedRef<WallContent>
  /** Position at which each filter is shown; undefined for those that are not. */
  readonly positions: ComputedRef<ReadonlyMap<number, number>>
} {
  const newest = shallowRef(input().now)
  watch(
    () => input().now,
    (frame) => (newest.value = frame),
    { flush: 'sync' },
  )
  const settled = refThrottled(newest, SORT_INTERVAL_MS)
  const sorted = computed(() => {
    const { now, sort, birth, layer, response, verdicts } = input()
    if (sort === 'response' && response?.layer === layer.name) return sortByResponse(response)
    if (sort === 'verdict' && verdicts) return sortByVerdict(verdicts)
    // A frame of another layer must not be sorted by this one's count.
    const frame = settled.value.layer === now.layer ? settled.value : now
    const byWeights = sort === 'response' || sort === 'verdict' ? 'index' : sort
    return sortFilters(byWeights, frame.weights.data, birth?.weights.data, layer.shape[0])
  })
  const order = computed(() => {
    const { verdicts, only } = input()
    return verdicts && only ? onlyVerdict(sorted.value, verdicts, only) : sorted.value
  })

  /** Once for a birth, not with every frame. */
  const born = computed(() => input().birth?.weights.data)
  const birthScale = computed(() => born.value && sharedSignedScale(born.value))

  const content = computed<WallContent>(() => {
    const { layer, now, shows, scaleMode, isComposite, map } = input()
    const [, channels, kernelHeight, kernelWidth] = layer.shape
    const weights = now.weights.data
    const change = shows === 'change' && born.value ? changeSince(weights, born.value) : undefined
    return {
      order: order.value,
      channels,
      kernelWidth,
      kernelHeight,
      now: change ?? weights,
      // The change has its own scale, on which the birth means nothing.
      birth: change ? undefined : born.value,
      isComposite,
      map,
      scaleMode,
      sharedScale: sharedSignedScale(change ?? weights),
      sharedBirthScale: birthScale.value,
    }
  })

  const positions = computed(() => new Map(Array.from(order.value, (filter, position) => [filter, position])))
  return { content, positions }
}
