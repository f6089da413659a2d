import { Download, Pause, Play, Square, StepForward } from '@lucide/vue'
import type { NetworkSettings } from '../../engine/protocol/network.ts'
import type { Action } from '../actions/action.ts'
import { text } from '../i18n/text.ts'
import { useConnectionStore } from '../stores/connection.ts'
import { useDataStore } from '../stores/data.ts'
import { useExportingStore } from '../stores/exporting.ts'
import { useFineTuningStore } from '../stores/fine-tuning.ts'
import { useModelFileStore } from '../stores/model-file.ts'
import { useModelStore } from '../stores/model.ts'
import { useNoticesStore } from '../stores/notices.ts'
import { useRunsStore } from '../stores/runs.ts'
import { useTrainingStore } from '../stores/training.ts'
import { useTrainingSettingsStore } from '../stores/training-settings.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useTrainingReadiness } from './training-readiness.ts'

/** Starting a run and steering the one under way. */
export function useRunActions(): () => readonly Action[] {
  const connection = useConnectionStore()
  const data = useDataStore()
  const exporting = useExportingStore()
  const file = useModelFileStore()
  const model = useModelStore()
  const tuning = useFineTuningStore()
  const runs = useRunsStore()
  const wanted = useTrainingSettingsStore()
  const shown = useTrainingStore()
  const notices = useNoticesStore()
  const workspace = useWorkspaceStore()
  const readiness = useTrainingReadiness()
  const group = 'shell.groups.run'

  function train(): void {
    const { opened } = data
    const { training } = wanted
    const network = networkInFront()
    if (readiness.value !== undefined || !opened || !network) {
      notices.show(readiness.value ?? text('shell.run.needsModel'))
      return
    }
    workspace.show('train')
    const settings = file.source === 'file' ? tuning.dataSettings(opened.settings) : opened.settings
    void notices.attempt(async () => shown.follow(await runs.start({ data: settings, network, training })))
  }

  /** What the Model workspace shows: the model of a file, or the list of layers. */
  function networkInFront(): NetworkSettings | undefined {
    if (file.source === 'file') return tuning.network
    return model.architecture && { kind: 'layers', architecture: model.architecture }
  }

  function command(method: 'runs.pause' | 'runs.resume' | 'runs.step' | 'runs.stop'): void {
    const runId = runs.active?.id
    if (runId !== undefined) void notices.attempt(() => runs.command(method, runId))
  }

  const isPhase =
    (...phases: string[]) =>
    () =>
      connection.isOpen && phases.includes(runs.active?.phase ?? '')

  return () => [
    {
      id: 'run.train',
      group,
      label: 'shell.run.train',
      icon: Play,
      keys: ['Mod+Enter'],
      isAvailable: () => !runs.active,
      perform: train,
    },
    {
      id: 'run.resume',
      group,
      label: 'shell.run.resume',
      icon: Play,
      keys: ['Mod+Enter'],
      isAvailable: isPhase('paused'),
      perform: () => command('runs.resume'),
    },
    {
      id: 'run.pause',
      group,
      label: 'shell.run.pause',
      icon: Pause,
      keys: ['Mod+Enter'],
      isAvailable: isPhase('running'),
      perform: () => command('runs.pause'),
    },
    {
      id: 'run.step',
      group,
      label: 'shell.run.step',
      icon: StepForward,
      keys: ['Mod+.'],
      isAvailable: isPhase('paused'),
      perform: () => command('runs.step'),
    },
    {
      id: 'run.stop',
      group,
      label: 'shell.run.stop',
      icon: Square,
      keys: ['Mod+Shift+Enter'],
      isAvailable: isPhase('running', 'paused', 'preparing'),
      perform: () => command('runs.stop'),
    },
    {
      id: 'run.export',
      group,
      label: 'exporting.action',
      icon: Download,
      keys: ['Mod+Shift+E'],
      isAvailable: () => shown.runId !== undefined && (shown.record.snapshots?.keptSteps.length ?? 0) > 0,
      perform: () => void exporting.open(shown.runId ?? ''),
    },
  ]
}
