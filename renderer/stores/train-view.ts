import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useLocalStorage } from '@vueuse/core'
import type { Picture } from '../../engine/protocol/requests.ts'
import type { FilterVerdictName } from '../../engine/protocol/verdicts.ts'
import type { FilterQuantity, FilterSort } from '../drawing/kernel-measures.ts'
import type { ScaleMode } from '../drawing/value-scale.ts'
import { useTrainingStore } from './training.ts'

export interface FilterSelection {
  readonly filter: number
  readonly channel: number
}

/** What of a run is looked at, and how. */
export const useTrainViewStore = defineStore('trainView', () => {
  const training = useTrainingStore()

  const layerName = shallowRef<string>()
  const selection = shallowRef<FilterSelection>()
  const sort = shallowRef<FilterSort>('index')
  /** Only filters with this verdict are shown. */
  const onlyVerdict = shallowRef<FilterVerdictName>()
  /** In a window without room for both: the verdict, or what else there is. */
  const sideShows = shallowRef<'other' | 'verdict'>('other')
  const scaleMode = useLocalStorage<ScaleMode>('filterscope.scaleMode', 'shared')
  const isComposite = useLocalStorage('filterscope.composite', true)
  const mapScaleMode = useLocalStorage<ScaleMode>('filterscope.mapScaleMode', 'shared')
  const lossAxis = useLocalStorage<'linear' | 'logarithmic'>('filterscope.lossAxis', 'linear')
  /** The kernels themselves, or how far each weight is from its birth. */
  const shows = shallowRef<FilterQuantity>('kernel')
  const smoothing = useLocalStorage('filterscope.smoothing', 0.6)
  /** The picture a person chose; else the first of the split is shown. */
  const chosenPicture = shallowRef<Picture>()

  const kernelLayers = computed(() => training.run?.kernelLayers ?? [])
  const activationLayers = computed(() => training.run?.activationLayers ?? [])
  const layers = computed(() => training.run?.network.layers ?? [])

  /** The layer whose kernels are shown: the selected one, else the last with kernels before it. */
  const kernelLayer = computed(() => {
    const names = layers.value.map((layer) => layer.name)
    const selected = names.indexOf(layerName.value ?? '')
    const before = kernelLayers.value.filter((layer) => names.indexOf(layer.name) <= selected)
    return before.at(-1) ?? kernelLayers.value[0]
  })

  /** The row of the layer list that is marked. */
  const spineLayer = computed(() => layerName.value ?? kernelLayer.value?.name)

  /** The layer whose maps are shown: the selected one where it has any. */
  const activationLayer = computed(
    () => activationLayers.value.find((layer) => layer.name === spineLayer.value) ?? activationLayers.value[0],
  )

  /**
   * The split of the chosen picture, else pictures the network has not been trained on: the test split, or the
   * validation split where there is none.
   */
  const samples = computed(() => {
    const counts = training.run?.data.counts
    if (counts === undefined) return undefined
    const unseen = counts.test > 0 ? ('test' as const) : ('validation' as const)
    const split = chosenPicture.value?.kind === 'sample' ? chosenPicture.value.split : unseen
    return { split, count: counts[split] }
  })

  const picture = computed<Picture | undefined>(() => {
    if (chosenPicture.value) return chosenPicture.value
    if (samples.value === undefined || samples.value.count === 0) return undefined
    return { kind: 'sample', split: samples.value.split, index: 0 }
  })

  /** Shows the next (1) or previous (−1) picture of the split, around its ends; a file gives way to the split. */
  function moveSample(direction: 1 | -1): void {
    if (samples.value === undefined || samples.value.count === 0) return
    const { split, count } = samples.value
    const index = picture.value?.kind === 'sample' ? picture.value.index + direction : 0
    chosenPicture.value = { kind: 'sample', split, index: (index + count) % count }
  }

  function selectLayer(name: string): void {
    layerName.value = name
  }

  /** Moves to the next (1) or previous (−1) layer with kernels. */
  function moveLayer(direction: 1 | -1): void {
    const at = kernelLayers.value.findIndex((layer) => layer.name === kernelLayer.value?.name)
    const next = kernelLayers.value[at + direction]
    if (next) selectLayer(next.name)
  }

  watch(
    () => kernelLayer.value?.name,
    () => (selection.value = undefined),
  )
  watch(
    () => training.runId,
    () => {
      selection.value = undefined
      layerName.value = undefined
      // Another run may have other data; a picture file can be shown to any.
      if (chosenPicture.value?.kind === 'sample') chosenPicture.value = undefined
    },
  )

  return {
    layerName,
    selection,
    sort,
    onlyVerdict,
    sideShows,
    scaleMode,
    isComposite,
    mapScaleMode,
    smoothing,
    lossAxis,
    shows,
    chosenPicture,
    samples,
    moveSample,
    kernelLayers,
    activationLayers,
    layers,
    kernelLayer,
    spineLayer,
    activationLayer,
    picture,
    selectLayer,
    moveLayer,
  }
})
