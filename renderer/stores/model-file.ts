import { defineStore } from 'pinia'
import { computed, markRaw, shallowRef, watch } from 'vue'
import { useSessionStorage } from '@vueuse/core'
import type { ModelSummary } from '../../engine/protocol/models.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import type { KernelLayer } from '../../engine/protocol/runs.ts'
import { text } from '../i18n/text.ts'
import { useConnectionStore } from './connection.ts'
import { useSettingsStore } from './settings.ts'

/** Where the network that is looked at and trained next comes from. */
export type NetworkSource = 'layers' | 'file'

/** A model opened from a file: what it holds, and which of its layers is looked at. */
export const useModelFileStore = defineStore('modelFile', () => {
  const connection = useConnectionStore()
  const remembered = useSettingsStore()

  /** Names a person gave to the classes of a file, in place of its own or where it has none. */
  const given = useSessionStorage<{ path: string; names: readonly string[] }>('filterscope.classNames', {
    path: '',
    names: [],
  })
  const source = useSessionStorage<NetworkSource>('filterscope.networkSource', 'layers')
  /** The file in the window; empty for none. */
  const path = useSessionStorage('filterscope.modelFile', '')
  const summary = shallowRef<ModelSummary>()
  const error = shallowRef<string>()
  const isOpening = shallowRef(false)
  const layerName = shallowRef<string>()
  let newest = 0

  /** Opens a model in place of the one there is; the newest call wins. */
  async function open(next: string): Promise<void> {
    const opening = ++newest
    source.value = 'file'
    error.value = undefined
    isOpening.value = true
    try {
      const answer = await connection.client().request('models.open', { path: next })
      if (opening !== newest) return
      if (next !== path.value) layerName.value = undefined
      path.value = next
      summary.value = markRaw(answer)
      remembered.rememberPath(next)
    } catch (failure) {
      if (opening !== newest) return
      // A connection that broke opens the model again by itself once it is back.
      if (failure instanceof ProtocolError && failure.code === 'connectionLost') return
      error.value = (failure as Error).message
    } finally {
      if (opening === newest) isOpening.value = false
    }
  }

  /** Back to the model that was open before one could not be, or to none. */
  function dismissError(): void {
    error.value = undefined
    if (!summary.value) path.value = ''
  }

  /** Leaves the model; the layer list is in front again. */
  function close(): void {
    newest++
    summary.value = undefined
    error.value = undefined
    isOpening.value = false
    path.value = ''
    source.value = 'layers'
  }

  const layers = computed(() => summary.value?.layers ?? [])
  /** As the filter wall lists them. */
  const kernelLayers = computed<readonly KernelLayer[]>(() =>
    layers.value.map(({ name, operator, shape }) => ({
      name,
      operator: operator.startsWith('Conv') ? 'Conv' : 'Gemm',
      shape,
    })),
  )
  /** The layer whose filters are shown: the chosen one, else the first. */
  const kernelLayer = computed(
    () => kernelLayers.value.find(({ name }) => name === layerName.value) ?? kernelLayers.value[0],
  )

  function chooseLayer(name: string): void {
    layerName.value = name
  }

  function moveLayer(by: 1 | -1): void {
    const at = kernelLayers.value.findIndex(({ name }) => name === kernelLayer.value?.name)
    const next = kernelLayers.value[at + by]
    if (next) chooseLayer(next.name)
  }

  /** Another file may have come to the same path since. */
  const hasGivenNames = computed(
    () => given.value.path === path.value && given.value.names.length === summary.value?.output.classes,
  )
  /** As many as the model tells classes apart; undefined where nobody named them. */
  const classNames = computed(() => (hasGivenNames.value ? given.value.names : summary.value?.classNames))

  /** Names the classes of the model; none takes the names back. Throws a sentence where they are not as many. */
  function nameClasses(names: readonly string[]): void {
    const classes = summary.value?.output.classes
    if (names.length > 0) {
      if (classes === undefined) throw new Error(text('modelFile.classes.noClasses'))
      if (classes !== names.length)
        throw new Error(text('modelFile.classes.mismatch', { count: names.length, classes }))
    }
    given.value = { path: path.value, names }
  }

  /** What the file is, in front and ready to be trained further. */
  const isInUse = computed(() => source.value === 'file' && summary.value !== undefined)

  // Another start of the engine may find another file at the same place.
  watch(
    () => connection.hostId,
    (hostId) => {
      if (hostId === undefined || path.value === '') return
      const before = source.value
      void open(path.value).then(() => (source.value = before))
    },
    { immediate: true },
  )

  return {
    source,
    path,
    summary,
    error,
    isOpening,
    isInUse,
    kernelLayers,
    kernelLayer,
    classNames,
    hasGivenNames,
    nameClasses,
    open,
    close,
    dismissError,
    chooseLayer,
    moveLayer,
  }
})
