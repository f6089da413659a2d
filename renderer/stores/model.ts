import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { StorageSerializers, useSessionStorage } from '@vueuse/core'
import {
  architectureSchema,
  type Architecture,
  type ArchitectureConcern,
  type ArchitectureDescription,
  type InputShape,
  type Layer,
  type LayerKind,
  type SuitedPreset,
} from '../../engine/protocol/architecture.ts'
import type { ArchitecturePreset } from '../../engine/protocol/requests.ts'
import { record, redo, startHistory, undo, type EditHistory } from '../architecture/edit-history.ts'
import { duplicateLayer, insertLayer, moveLayer, removeLayer, replaceLayer } from '../architecture/layer-edits.ts'
import { useConnectionStore } from './connection.ts'
import { useDataStore } from './data.ts'

/** The network that will be trained next, and what its layers come to. */
export const useModelStore = defineStore('model', () => {
  const connection = useConnectionStore()
  const data = useDataStore()

  const presets = shallowRef<readonly ArchitecturePreset[]>()
  const error = shallowRef<string>()
  const history = shallowRef<EditHistory<Architecture>>()
  const description = shallowRef<ArchitectureDescription>()
  /** What is most likely not meant in the network that `description` describes. */
  const concerns = shallowRef<readonly ArchitectureConcern[]>([])
  /** The presets to start from for the pictures that are open, best first. */
  const suited = shallowRef<readonly SuitedPreset[]>([])
  /** Why they are not known, as a sentence: no reason to keep anybody from editing. */
  const suitedError = shallowRef<string>()
  const selected = shallowRef(0)
  const kept = useSessionStorage<Architecture | null>('filterscope.architecture', null, {
    serializer: StorageSerializers.object,
    shallow: true,
  })

  const architecture = computed(() => history.value?.present)
  const canUndo = computed(() => (history.value?.past.length ?? 0) > 0)
  const canRedo = computed(() => (history.value?.future.length ?? 0) > 0)
  /** The preset the network still equals, if it does. */
  const presetName = computed(() => {
    const shown = JSON.stringify(architecture.value)
    return presets.value?.find((preset) => JSON.stringify(preset.architecture) === shown)?.architecture.name
  })

  const input = computed<InputShape | undefined>(() => {
    const summary = data.opened?.summary
    if (!summary) return undefined
    const { width, height, channels } = summary.image
    return { width, height, channels, classes: Math.max(2, summary.classes.length) }
  })

  const trainingPictures = computed(() => data.opened?.summary.counts.train ?? 0)

  async function loadPresets(): Promise<void> {
    error.value = undefined
    try {
      presets.value = await connection.client().request('architecture.presets', {})
      if (history.value) return
      const saved = architectureSchema.safeParse(kept.value)
      const first = saved.success ? saved.data : presets.value[0]?.architecture
      if (first) history.value = startHistory(first)
    } catch (failure) {
      error.value = (failure as Error).message
    }
  }

  function edit(next: Architecture, what?: string): void {
    if (!history.value) return
    show(record(history.value, named(next), what))
  }

  /** The selected layer is always one of those there are. */
  function show(next: EditHistory<Architecture>): void {
    history.value = next
    selected.value = Math.min(selected.value, next.present.layers.length - 1)
  }

  /** A network that is no longer the preset it began as does not keep its name. */
  function named(next: Architecture): Architecture {
    const preset = presets.value?.find(({ architecture: { name } }) => name === next.name)
    const isChanged = preset && JSON.stringify(preset.architecture.layers) !== JSON.stringify(next.layers)
    return isChanged ? { ...next, name: `${next.name}-edited` } : next
  }

  function choosePreset(name: string): void {
    const preset = presets.value?.find((candidate) => candidate.architecture.name === name)
    if (!preset) return
    edit(preset.architecture)
    selected.value = 0
  }

  function insert(at: number, kind: LayerKind): void {
    if (!architecture.value) return
    edit(insertLayer(architecture.value, at, kind))
    selected.value = at
  }

  function remove(at: number): void {
    if (architecture.value) edit(removeLayer(architecture.value, at))
  }

  function duplicate(at: number): void {
    if (!architecture.value) return
    edit(duplicateLayer(architecture.value, at))
    selected.value = at + 1
  }

  function move(from: number, to: number): void {
    if (!architecture.value) return
    const next = moveLayer(architecture.value, from, to)
    if (next === architecture.value) return
    edit(next)
    selected.value = to
  }

  /** `what` names the field, so that typing a number is undone at once. */
  function replace(at: number, layer: Layer, what: string): void {
    if (architecture.value) edit(replaceLayer(architecture.value, at, layer), `${at} ${what}`)
  }

  function undoEdit(): void {
    if (history.value) show(undo(history.value))
  }

  function redoEdit(): void {
    if (history.value) show(redo(history.value))
  }

  let newestDescription = 0
  async function describe(): Promise<void> {
    const asked = ++newestDescription
    if (!architecture.value || !input.value || !connection.isOpen) return
    const wanted = { architecture: architecture.value, input: input.value, trainingPictures: trainingPictures.value }
    try {
      const answer = await connection.client().request('architecture.describe', wanted)
      if (asked !== newestDescription) return
      description.value = answer.description
      concerns.value = answer.concerns
      error.value = undefined
    } catch (failure) {
      if (asked === newestDescription) error.value = (failure as Error).message
    }
  }

  let newestSuggestion = 0
  async function suggest(): Promise<void> {
    const asked = ++newestSuggestion
    if (!input.value || !connection.isOpen) return
    const pictures = { input: input.value, trainingPictures: trainingPictures.value }
    try {
      const answer = await connection.client().request('architecture.suited', pictures)
      if (asked !== newestSuggestion) return
      suited.value = answer
      suitedError.value = undefined
    } catch (failure) {
      if (asked !== newestSuggestion) return
      suited.value = []
      suitedError.value = (failure as Error).message
    }
  }

  watch([architecture, input], () => void describe())
  watch(input, () => void suggest())
  watch(architecture, (next) => (kept.value = next ?? null))
  watch(
    () => connection.hostId,
    (hostId) => hostId !== undefined && void loadPresets().then(() => Promise.all([describe(), suggest()])),
    { immediate: true },
  )

  return {
    presets,
    error,
    architecture,
    description,
    concerns,
    suited,
    suitedError,
    input,
    selected,
    presetName,
    canUndo,
    canRedo,
    loadPresets,
    choosePreset,
    insert,
    remove,
    duplicate,
    move,
    replace,
    undoEdit,
    redoEdit,
  }
})
