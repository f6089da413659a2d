import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { StorageSerializers, useLocalStorage, useSessionStorage } from '@vueuse/core'
import {
  architectureSchema,
  IMAGE,
  type Architecture,
  type ArchitectureConcern,
  type ArchitectureDescription,
  type InputShape,
  type Layer,
  type LayerKind,
  type SuitedPreset,
} from '../../engine/protocol/architecture.ts'
import type { ArchitecturePreset } from '../../engine/protocol/requests.ts'
import type { StepWork } from '../../engine/protocol/training-speed.ts'
import { record, redo, startHistory, undo, type EditHistory } from '../architecture/edit-history.ts'
import { addBranch, addShortcut, type KnownShapes } from '../architecture/branching.ts'
import { duplicateLayers, insertLayer, moveLayers, removeLayers, replaceLayer } from '../architecture/layer-edits.ts'
import type { LayerRange } from '../architecture/wiring.ts'
import { useConnectionStore } from './connection.ts'
import { useDataStore } from './data.ts'

/** How the network is shown: as a list of its layers, as a graph, or both beside each other. */
export type NetworkForm = 'list' | 'graph' | 'both'

/** The picture, before the first layer: what is added goes behind it, to the front. */
const PICTURE = -1

/** The network that will be trained next, and what its layers come to. */
export const useModelStore = defineStore('model', () => {
  const connection = useConnectionStore()
  const data = useDataStore()

  const presets = shallowRef<readonly ArchitecturePreset[]>()
  const error = shallowRef<string>()
  const history = shallowRef<EditHistory<Architecture>>()
  const description = shallowRef<ArchitectureDescription>()
  /** What a training step of it does; undefined where it cannot be built. */
  const work = shallowRef<StepWork>()
  /** What is most likely not meant in the network that `description` describes. */
  const concerns = shallowRef<readonly ArchitectureConcern[]>([])
  /** The presets to start from for the pictures that are open, best first. */
  const suited = shallowRef<readonly SuitedPreset[]>([])
  /** Why they are not known, as a sentence: no reason to keep anybody from editing. */
  const suitedError = shallowRef<string>()
  /** The layers that edits are about: one, or all of a block; both −1 for the picture. */
  const selection = shallowRef<LayerRange>({ first: 0, last: 0 })
  const form = useLocalStorage<NetworkForm>('filterscope.networkForm', 'list')
  const kept = useSessionStorage<Architecture | null>('filterscope.architecture', null, {
    serializer: StorageSerializers.object,
    shallow: true,
  })

  const architecture = computed(() => history.value?.present)
  /** The one layer that is selected, or the first of several; −1 for the picture. */
  const selected = computed({
    get: () => selection.value.first,
    set: (at) => select({ first: at, last: at }),
  })
  /** Whether there are layers to move, copy or remove. */
  const hasSelectedLayers = computed(() => architecture.value !== undefined && selection.value.first > PICTURE)
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

  /** The selected layers are always some of those there are. */
  function show(next: EditHistory<Architecture>): void {
    history.value = next
    select(selection.value)
  }

  function select({ first, last }: LayerRange): void {
    const end = (architecture.value?.layers.length ?? 1) - 1
    const start = Math.max(PICTURE, Math.min(first, end))
    const next = { first: start, last: Math.max(start, Math.min(last, end)) }
    const now = selection.value
    if (next.first !== now.first || next.last !== now.last) selection.value = next
  }

  /** A network that is no longer the preset it began as does not keep its name. */
  function named(next: Architecture): Architecture {
    const preset = presets.value?.find(({ architecture: { name } }) => name === next.name)?.architecture
    const content = ({ layers, heads }: Architecture) => JSON.stringify([layers, heads])
    const isChanged = preset && content(preset) !== content(next)
    return isChanged ? { ...next, name: `${next.name}-edited` } : next
  }

  function choosePreset(name: string): void {
    const preset = presets.value?.find((candidate) => candidate.architecture.name === name)
    if (!preset) return
    edit(preset.architecture)
    selected.value = 0
  }

  /** Takes the auxiliary heads away, so that training sees the layers alone. */
  function removeHeads(): void {
    if (!architecture.value?.heads) return
    const { heads: _heads, ...rest } = architecture.value
    edit(rest)
  }

  /** Adds a layer behind those that are selected. */
  function add(kind: LayerKind): void {
    if (!architecture.value) return
    const at = selection.value.last + 1
    edit(insertLayer(architecture.value, at, kind))
    selected.value = at
  }

  function remove(range: LayerRange = selection.value): void {
    if (!architecture.value || range.first <= PICTURE) return
    edit(removeLayers(architecture.value, range))
    selected.value = Math.min(range.first, architecture.value.layers.length - 1)
  }

  function duplicate(range: LayerRange = selection.value): void {
    if (!architecture.value || range.first <= PICTURE) return
    edit(duplicateLayers(architecture.value, range))
    const count = range.last - range.first + 1
    select({ first: range.first + count, last: range.last + count })
  }

  function move(range: LayerRange, to: number): void {
    if (!architecture.value || range.first <= PICTURE) return
    const next = moveLayers(architecture.value, range, to)
    if (next === architecture.value) return
    edit(next)
    select({ first: to, last: to + range.last - range.first })
  }

  /** Adds what goes into the selected layers to what they give, or puts a branch beside them. */
  function branch(kind: 'shortcut' | 'branch', range: LayerRange = selection.value): void {
    if (!architecture.value || range.first <= PICTURE) return
    const before = architecture.value
    const names = new Set(before.layers.map(({ name }) => name))
    edit((kind === 'shortcut' ? addShortcut : addBranch)(before, range, knownShapes()))
    const added = architecture.value.layers.findLastIndex(({ name }) => !names.has(name))
    if (added >= 0) selected.value = added
  }

  function knownShapes(): KnownShapes {
    const shapes = new Map<string, readonly number[]>()
    if (!input.value) return shapes
    shapes.set(IMAGE, [input.value.channels, input.value.height, input.value.width])
    for (const { name, outputShape } of description.value?.layers ?? []) shapes.set(name, outputShape)
    return shapes
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
      work.value = answer.work
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
    work,
    concerns,
    suited,
    suitedError,
    input,
    selected,
    selection,
    hasSelectedLayers,
    form,
    presetName,
    canUndo,
    canRedo,
    loadPresets,
    choosePreset,
    select,
    add,
    remove,
    removeHeads,
    duplicate,
    move,
    branch,
    replace,
    undoEdit,
    redoEdit,
  }
})
