import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { useLocalStorage } from '@vueuse/core'
import {
  exportEndings,
  exportFormats,
  type ExportChoices,
  type ExportedFiles,
  type ExportFormat,
  type ExportTarget,
} from '../../engine/protocol/exports.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import { download } from '../platform/save-file.ts'
import { useConnectionStore } from './connection.ts'
import { createTask } from './task.ts'
import { useTimelineStore } from './timeline.ts'
import { useTrainingStore } from './training.ts'

export type ExportRole = 'newest' | 'inView' | 'best' | 'birth'

/** A network that can be exported, and what it is within its run. */
export interface ExportableStep {
  readonly step: number
  readonly roles: readonly ExportRole[]
}

/** Exporting a run: which network of it, as which files, and what has come of it. */
export const useExportingStore = defineStore('exporting', () => {
  const connection = useConnectionStore()
  const timeline = useTimelineStore()
  const training = useTrainingStore()
  const task = createTask()

  /** The run whose dialog is open. */
  const runId = shallowRef<string>()
  const choices = shallowRef<ExportChoices>()
  const error = shallowRef<string>()
  /** The error is that files would be replaced: where they were to go. */
  const taken = shallowRef<ExportTarget>()
  const exported = shallowRef<ExportedFiles>()
  const chosenStep = shallowRef<number>()
  /** What the timeline showed when the dialog was opened: it may play on behind it. */
  const viewedStep = shallowRef<number>()
  const typedName = shallowRef<string>()
  const remembered = useLocalStorage<readonly ExportFormat[]>('filterscope.exportFormats', ['onnx'])

  const formats = computed({
    // What an older window remembered may be gone.
    get: () => exportFormats.filter((format) => remembered.value.includes(format)),
    set: (next: readonly ExportFormat[]) => (remembered.value = next),
  })
  const steps = computed<readonly ExportableStep[]>(() => {
    const known = choices.value
    const newest = known?.steps.at(-1)
    if (known === undefined || newest === undefined) return []
    const wanted = {
      newest,
      inView: viewedStep.value,
      best: known.best?.step,
      birth: known.steps[0] === 0 ? 0 : undefined,
    }
    const byStep = new Map<number, ExportRole[]>()
    for (const [role, step] of Object.entries(wanted) as [ExportRole, number | undefined][]) {
      if (step === undefined || !known.steps.includes(step)) continue
      byStep.set(step, [...(byStep.get(step) ?? []), role])
    }
    return [...byStep].map(([step, roles]) => ({ step, roles }))
  })
  /** The chosen one, else the one in view, else the newest. */
  const step = computed(() => {
    const offered = steps.value
    const inView = offered.find(({ roles }) => roles.includes('inView'))
    return (offered.find((other) => other.step === chosenStep.value) ?? inView ?? offered[0])?.step
  })
  const name = computed(() => {
    if (typedName.value !== undefined) return typedName.value
    const base = choices.value?.name ?? ''
    return step.value === choices.value?.steps.at(-1) ? base : `${base}-step-${step.value}`
  })

  /** Opens the dialog for a run. */
  async function open(id: string): Promise<void> {
    runId.value = id
    choices.value = undefined
    chosenStep.value = undefined
    viewedStep.value = training.runId === id ? timeline.chosenStep : undefined
    typedName.value = undefined
    forgetResult()
    try {
      const answer = await connection.client().request('runs.exportable', { runId: id })
      if (runId.value === id) choices.value = answer
    } catch (failure) {
      if (runId.value === id) error.value = (failure as Error).message
    }
  }

  /** Closes the dialog; an export under way is ended. */
  function close(): void {
    task.cancel()
    runId.value = undefined
  }

  function forgetResult(): void {
    error.value = undefined
    taken.value = undefined
    exported.value = undefined
  }

  /** Asks where to save on the desktop; elsewhere the files go to the person's downloads. */
  async function save(): Promise<void> {
    const desktop = window.filterscope
    const [first = 'onnx'] = formats.value
    if (!desktop) return exportTo({ kind: 'download', name: name.value.trim() })
    const path = await desktop.saveFileDialog(`${name.value}${exportEndings[first][0]}`)
    if (path !== undefined) await exportTo({ kind: 'file', path, replace: 'chosen' })
  }

  /** The same again, over the files that are there. */
  async function replace(): Promise<void> {
    const target = taken.value
    if (target?.kind === 'file') await exportTo({ ...target, replace: 'all' })
  }

  async function exportTo(target: ExportTarget): Promise<void> {
    const id = runId.value
    if (id === undefined || step.value === undefined) return
    const wanted = { runId: id, step: step.value, formats: [...formats.value], target }
    forgetResult()
    try {
      const answer = await task.run((taskId) => connection.client().request('runs.export', { ...wanted, taskId }))
      for (const file of answer.files) if (file.address !== undefined) download(file.name, file.address)
      if (runId.value === id) exported.value = answer
    } catch (failure) {
      if (runId.value !== id || (failure instanceof ProtocolError && failure.code === 'cancelled')) return
      error.value = (failure as Error).message
      if (failure instanceof ProtocolError && failure.code === 'exists') taken.value = target
    }
  }

  return {
    runId,
    choices,
    error,
    taken,
    exported,
    formats,
    steps,
    step,
    chosenStep,
    name,
    typedName,
    progress: task.progress,
    isExporting: task.isRunning,
    open,
    close,
    forgetResult,
    cancel: task.cancel,
    save,
    replace,
  }
})
