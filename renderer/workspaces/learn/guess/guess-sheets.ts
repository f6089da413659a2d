import { computed, type ComputedRef } from 'vue'
import type { GuessRound } from '../../../../engine/protocol/guessing.ts'
import type { FilterSheet } from '../../../drawing/filter-sheet.ts'
import { largestMagnitude, sharedSignedScale } from '../../../drawing/value-scale.ts'
import { useTrainViewStore } from '../../../stores/train-view.ts'
import { usePalette } from '../../train/palette.ts'

/** The filters of a round as they are drawn: on the scale, and in the colours, that the filter wall is set to. */
export function useGuessSheets(round: () => GuessRound): ComputedRef<readonly FilterSheet[]> {
  const view = useTrainViewStore()
  const { diverging } = usePalette()
  const shared = computed(() => sharedSignedScale(round().pictures.data))
  return computed(() => {
    const { dims, data } = round().pictures
    const [cards = 0, channels = 1, kernelHeight = 1, kernelWidth = 1] = dims
    const length = channels * kernelHeight * kernelWidth
    return Array.from({ length: cards }, (_, card) => {
      const values = data.subarray(card * length, (card + 1) * length)
      const limit = largestMagnitude(values)
      return {
        values,
        channels,
        kernelWidth,
        kernelHeight,
        isComposite: view.isComposite && channels === 3,
        map: diverging.value,
        scale: view.scaleMode === 'own' ? { from: -limit, to: limit } : shared.value,
      }
    })
  })
}
