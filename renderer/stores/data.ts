import { defineStore } from 'pinia'
import { computed, markRaw, shallowRef, watch } from 'vue'
import { useSessionStorage, StorageSerializers } from '@vueuse/core'
import { pathsOf, sourceOfPaths } from '../../engine/protocol/data-source.ts'
import type { DataProgress } from '../../engine/protocol/messages.ts'
import type { DataSummary } from '../../engine/protocol/data.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import {
  dataSettingsSchema,
  xoOptionsSchema,
  type DataSettings,
  type DataSource,
} from '../../engine/protocol/settings.ts'
import { useConnectionStore } from './connection.ts'
import { useSettingsStore } from './settings.ts'

export interface OpenedData {
  readonly dataId: string
  readonly summary: DataSummary
  /** What it was opened with: exactly what a run trained on it is given. */
  readonly settings: DataSettings
}

/** The bundled sample, as the window opens with it. */
export function sampleSettings(): DataSettings {
  return dataSettingsSchema.parse({ source: { kind: 'xo', options: xoOptionsSchema.parse({}) } })
}

/** The data set in the window: how it was asked for, what came of it, how far its opening is. */
export const useDataStore = defineStore('data', () => {
  const connection = useConnectionStore()
  const remembered = useSettingsStore()

  /** What the controls show; `opened.settings` is what the pictures were made with. */
  const settings = useSessionStorage<DataSettings>('filterscope.data', sampleSettings(), {
    serializer: StorageSerializers.object,
    shallow: true,
    deep: false,
  })
  if (!dataSettingsSchema.safeParse(settings.value).success) settings.value = sampleSettings()
  const opened = shallowRef<OpenedData>()
  const error = shallowRef<string>()
  const isOpening = shallowRef(false)
  const progress = shallowRef<DataProgress>()
  let newestOpening = 0
  let lastGood: DataSettings | undefined
  let followProgress: (() => void) | undefined

  const title = computed(() => opened.value?.summary.title)
  const canGoBack = computed(() => error.value !== undefined && lastGood !== undefined)

  /** Opens a data set with these settings in place of the one there is; the newest call wins. */
  async function open(next: DataSettings): Promise<void> {
    const opening = ++newestOpening
    settings.value = next
    error.value = undefined
    progress.value = undefined
    if (isOpening.value) await stopOpening()
    if (opening !== newestOpening) return
    isOpening.value = true
    try {
      const result = await connection.client().request('data.open', { settings: next })
      if (opening !== newestOpening) return
      opened.value = markRaw({ ...result, settings: next })
      lastGood = next
      for (const path of pathsOf(next.source).toReversed()) remembered.rememberPath(path)
    } catch (failure) {
      if (opening !== newestOpening) return
      const isCancelled = failure instanceof ProtocolError && failure.code === 'cancelled'
      if (isCancelled && lastGood) settings.value = lastGood
      // A connection that broke opens the data again by itself once it is back.
      else if (!(failure instanceof ProtocolError && failure.code === 'connectionLost')) {
        error.value = (failure as Error).message
      }
    } finally {
      if (opening === newestOpening) isOpening.value = false
    }
  }

  async function stopOpening(): Promise<void> {
    try {
      await connection.client().request('data.cancel', {})
    } catch {
      // It had ended before it could be stopped, which is as good.
    }
  }

  /** Opens a file or folder with its own size and the shares in use. */
  function openSource(source: DataSource): Promise<void> {
    const { validationShare, testShare, seed } = settings.value
    return open({ source, control: 'none', validationShare, testShare, seed })
  }

  /** Joins a file or folder to those there are. */
  function addSource(path: string): Promise<void> {
    return openSource(sourceOfPaths([...pathsOf(settings.value.source), path]))
  }

  /** Leaves out one of several. */
  function removeSource(path: string): Promise<void> {
    return openSource(sourceOfPaths(pathsOf(settings.value.source).filter((other) => other !== path)))
  }

  function change(part: Partial<DataSettings>): Promise<void> {
    return open({ ...settings.value, ...part })
  }

  /** Back to the size the pictures have themselves. */
  function useOwnSize(): Promise<void> {
    const { image: _image, ...rest } = settings.value
    return open(rest)
  }

  function goBack(): Promise<void> {
    return open(lastGood ?? sampleSettings())
  }

  // Each start of the engine knows nothing of what another one had open.
  watch(
    () => connection.hostId,
    (hostId) => {
      if (hostId === undefined) return
      followProgress ??= connection.client().subscribe({ kind: 'data' }, {}, (value) => {
        if (isOpening.value) progress.value = value
      })
      void open(settings.value)
    },
    { immediate: true },
  )

  return {
    settings,
    opened,
    error,
    isOpening,
    progress,
    title,
    canGoBack,
    open,
    openSource,
    addSource,
    removeSource,
    change,
    useOwnSize,
    goBack,
    stopOpening,
  }
})
