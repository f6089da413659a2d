import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Preprocessing } from '../../engine/protocol/models.ts'
import type { NetworkSettings } from '../../engine/protocol/network.ts'
import type { DataSettings, ImageSize } from '../../engine/protocol/settings.ts'
import { findBlocker } from '../fine-tuning/blockers.ts'
import { allButHead, upTo } from '../fine-tuning/freezing.ts'
import { pictureSizeFor } from '../fine-tuning/picture-size.ts'
import { useDataStore } from './data.ts'
import { useModelFileStore } from './model-file.ts'

/** Of the learning rate: what the layers before the head take, so that they change less than what is new. */
const BODY_FACTOR = 0.1

/** How the opened model will be trained further. */
export const useFineTuningStore = defineStore('fineTuning', () => {
  const file = useModelFileStore()
  const data = useDataStore()

  const preprocessing = shallowRef<Preprocessing>()
  const chosenHead = shallowRef<'replace' | 'keep'>()
  /** Layers a person froze; those that cannot be trained are frozen besides. */
  const chosenFrozen = shallowRef<ReadonlySet<string>>(new Set())
  const factors = shallowRef<Readonly<Record<string, number>>>({})
  const bodyFactor = shallowRef(BODY_FACTOR)
  const batchNormalization = shallowRef<'frozen' | 'trained'>('frozen')
  const fit = shallowRef<ImageSize['fit']>('crop')

  const layers = computed(() => file.summary?.layers ?? [])
  const headLayer = computed(() => file.summary?.head?.layer)
  const classes = computed(() => data.opened?.summary.classes.length)
  /** Kept where the data has as many classes, or where it cannot be replaced. */
  const head = computed<'replace' | 'keep'>(() => {
    if (chosenHead.value) return chosenHead.value
    const summary = file.summary
    if (!summary?.head) return 'keep'
    return classes.value !== undefined && summary.output.classes === classes.value ? 'keep' : 'replace'
  })
  const frozen = computed<ReadonlySet<string>>(
    () =>
      new Set([...chosenFrozen.value, ...layers.value.filter(({ trainable }) => !trainable).map(({ name }) => name)]),
  )
  const hasBatchNormalization = computed(
    () => file.summary?.nodes.some(({ operator }) => operator === 'BatchNormalization') ?? false,
  )
  const blocker = computed(() => {
    const summary = file.summary
    if (!summary) return undefined
    const choices = { preprocessing: preprocessing.value, head: head.value, frozen: frozen.value }
    return findBlocker(summary, choices, data.opened?.summary)
  })
  /** The size the pictures are brought to; undefined where they fit as they are. */
  const pictureSize = computed(() => pictureSizeFor(file.summary?.image, data.opened?.summary.image, fit.value))

  /** What a run is started with; undefined while something stands in the way. */
  const network = computed<NetworkSettings | undefined>(() => {
    const summary = file.summary
    if (!summary || blocker.value || !preprocessing.value) return undefined
    return {
      kind: 'model',
      path: summary.path,
      preprocessing: preprocessing.value,
      head: head.value,
      // A head that is drawn anew learns whatever it was before.
      frozen: [...frozen.value].filter((name) => head.value === 'keep' || name !== headLayer.value),
      learningRateFactors: { ...factors.value },
      bodyLearningRateFactor: bodyFactor.value,
      batchNormalization: batchNormalization.value,
    }
  })

  function dataSettings(settings: DataSettings): DataSettings {
    return pictureSize.value ? { ...settings, image: pictureSize.value } : settings
  }

  function setFrozen(names: Iterable<string>, isFrozen: boolean): void {
    const next = new Set(chosenFrozen.value)
    for (const name of names) {
      if (isFrozen) next.add(name)
      else next.delete(name)
    }
    chosenFrozen.value = next
  }

  /** Freezes a layer and all before it, and nothing after. */
  function freezeUpTo(name: string): void {
    chosenFrozen.value = new Set(upTo(layers.value, name))
  }

  function freezeBody(): void {
    chosenFrozen.value = new Set(allButHead(layers.value, headLayer.value))
  }

  function freezeNone(): void {
    chosenFrozen.value = new Set()
  }

  /** The factor of a layer; that of the body (1 for the head) where none is given. */
  function setFactor(name: string, factor: number | undefined): void {
    const { [name]: _before, ...others } = factors.value
    factors.value = factor === undefined ? others : { ...others, [name]: factor }
  }

  function factorOf(name: string): number {
    return factors.value[name] ?? (name === headLayer.value ? 1 : bodyFactor.value)
  }

  watch(
    () => file.summary,
    (summary, before) => {
      if (summary?.path === before?.path && before) return
      preprocessing.value = summary?.preprocessing
      chosenHead.value = undefined
      chosenFrozen.value = new Set()
      factors.value = {}
      bodyFactor.value = BODY_FACTOR
      batchNormalization.value = 'frozen'
    },
    { immediate: true },
  )

  return {
    preprocessing,
    chosenHead,
    head,
    frozen,
    bodyFactor,
    batchNormalization,
    hasBatchNormalization,
    fit,
    pictureSize,
    headLayer,
    blocker,
    network,
    dataSettings,
    setFrozen,
    freezeUpTo,
    freezeBody,
    freezeNone,
    setFactor,
    factorOf,
  }
})
