import {
  ArrowDown,
  ArrowUp,
  ChevronDown,
  ChevronUp,
  Copy,
  FolderOpen,
  Keyboard,
  ListX,
  Moon,
  Pause,
  Play,
  Redo2,
  RefreshCw,
  Search,
  Shapes,
  Square,
  StepForward,
  Sun,
  SunMoon,
  Trash2,
  Undo2,
  FileInput,
  ImageUp,
} from '@lucide/vue'
import type { Ref } from 'vue'
import type { Action } from '../actions/action.ts'
import { text } from '../i18n/text.ts'
import { useActions } from '../stores/actions.ts'
import { sampleSettings, useDataStore } from '../stores/data.ts'
import { useModelStore } from '../stores/model.ts'
import { useNoticesStore } from '../stores/notices.ts'
import { useRunsStore } from '../stores/runs.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { useTrainingStore } from '../stores/training.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { layerKinds } from '../workspaces/model/layer-kinds.ts'
import { workspaces } from '../workspaces/workspaces.ts'
import { useOpening } from './opening.ts'
import { useTrainingReadiness } from './training-readiness.ts'

/** Everything the frame offers, in every workspace. */
export function useAppActions(isPaletteOpen: Ref<boolean>, areKeysOpen: Ref<boolean>): void {
  useActions(useWorkspaceActions())
  useActions(useRunActions())
  useActions(useDataActions())
  useActions(useModelActions())
  useActions(useViewActions(isPaletteOpen, areKeysOpen))
}

function useWorkspaceActions(): () => readonly Action[] {
  const workspace = useWorkspaceStore()
  return () =>
    workspaces.map(({ id, goTo, icon }, index) => ({
      id: `workspace.${id}`,
      group: 'shell.groups.workspaces',
      label: goTo,
      icon,
      keys: [String(index + 1)],
      perform: () => workspace.show(id),
    }))
}

function useRunActions(): () => readonly Action[] {
  const data = useDataStore()
  const model = useModelStore()
  const runs = useRunsStore()
  const shown = useTrainingStore()
  const notices = useNoticesStore()
  const workspace = useWorkspaceStore()
  const readiness = useTrainingReadiness()
  const group = 'shell.groups.run'

  function train(): void {
    const { opened } = data
    const { architecture, training } = model
    if (readiness.value !== undefined || !opened || !architecture) {
      notices.show(readiness.value ?? text('shell.run.needsModel'))
      return
    }
    workspace.show('train')
    void notices.attempt(async () => shown.follow(await runs.start({ data: opened.settings, architecture, training })))
  }

  function command(method: 'runs.pause' | 'runs.resume' | 'runs.step' | 'runs.stop'): void {
    const runId = runs.active?.id
    if (runId !== undefined) void notices.attempt(() => runs.command(method, runId))
  }

  const isPhase =
    (...phases: string[]) =>
    () =>
      phases.includes(runs.active?.phase ?? '')

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
  ]
}

function useDataActions(): () => readonly Action[] {
  const data = useDataStore()
  const settings = useSettingsStore()
  const opening = useOpening()
  const group = 'shell.groups.data'
  return () => [
    {
      id: 'data.openFolder',
      group,
      label: 'data.source.openFolder',
      icon: FolderOpen,
      keys: ['Mod+O'],
      perform: () => void opening.chooseFolder(),
    },
    {
      id: 'data.openFile',
      group,
      label: 'data.source.openFile',
      icon: FileInput,
      perform: () => void opening.chooseFile(),
    },
    {
      id: 'data.inspectPicture',
      group,
      label: 'data.source.showPicture',
      icon: ImageUp,
      perform: () => void opening.choosePicture(),
    },
    {
      id: 'data.sample',
      group,
      label: 'data.source.sample',
      icon: Shapes,
      perform: () => void data.open(sampleSettings()),
    },
    {
      id: 'data.reload',
      group,
      label: 'data.reload',
      icon: RefreshCw,
      // In a browser F5 reloads the page, as everywhere else there.
      ...(window.filterscope ? { keys: ['F5'] } : {}),
      perform: () => void data.open(data.settings),
    },
    ...settings.recentPaths.map((path, index): Action => ({
      id: `data.recent.${index}`,
      group,
      label: 'shell.actions.openRecent',
      values: { path },
      icon: FolderOpen,
      keys: [`Mod+${index + 1}`],
      perform: () => void data.openSource({ kind: 'path', path }),
    })),
  ]
}

function useModelActions(): () => readonly Action[] {
  const model = useModelStore()
  const workspace = useWorkspaceStore()
  const group = 'shell.groups.model'
  const isHere = (): boolean => workspace.current === 'model' && model.architecture !== undefined
  return () => [
    ...layerKinds.map(({ kind, icon }): Action => ({
      id: `model.add.${kind}`,
      group,
      label: `model.addAction.${kind}`,
      icon,
      isAvailable: isHere,
      perform: () => model.insert(model.selected + 1, kind),
    })),
    {
      id: 'model.previousLayer',
      group,
      label: 'model.previousLayer',
      icon: ChevronUp,
      keys: ['['],
      isAvailable: () => isHere() && model.selected > 0,
      perform: () => model.selected--,
    },
    {
      id: 'model.nextLayer',
      group,
      label: 'model.nextLayer',
      icon: ChevronDown,
      keys: [']'],
      isAvailable: () => isHere() && model.selected < (model.architecture?.layers.length ?? 0) - 1,
      perform: () => model.selected++,
    },
    {
      id: 'model.moveUp',
      group,
      label: 'model.row.up',
      icon: ArrowUp,
      keys: ['Alt+ArrowUp'],
      isAvailable: isHere,
      perform: () => model.move(model.selected, model.selected - 1),
    },
    {
      id: 'model.moveDown',
      group,
      label: 'model.row.down',
      icon: ArrowDown,
      keys: ['Alt+ArrowDown'],
      isAvailable: isHere,
      perform: () => model.move(model.selected, model.selected + 1),
    },
    {
      id: 'model.duplicate',
      group,
      label: 'model.row.duplicate',
      icon: Copy,
      keys: ['Mod+D'],
      isAvailable: isHere,
      perform: () => model.duplicate(model.selected),
    },
    {
      id: 'model.remove',
      group,
      label: 'model.row.remove',
      icon: Trash2,
      keys: ['Delete'],
      isAvailable: () => isHere() && (model.architecture?.layers.length ?? 0) > 1,
      perform: () => model.remove(model.selected),
    },
    {
      id: 'model.undo',
      group,
      label: 'model.undo',
      icon: Undo2,
      keys: ['Mod+Z'],
      isAvailable: () => workspace.current === 'model' && model.canUndo,
      perform: model.undoEdit,
    },
    {
      id: 'model.redo',
      group,
      label: 'model.redo',
      icon: Redo2,
      keys: ['Mod+Shift+Z', 'Mod+Y'],
      isAvailable: () => workspace.current === 'model' && model.canRedo,
      perform: model.redoEdit,
    },
  ]
}

function useViewActions(isPaletteOpen: Ref<boolean>, areKeysOpen: Ref<boolean>): () => readonly Action[] {
  const settings = useSettingsStore()
  const workspace = useWorkspaceStore()
  return () => [
    {
      id: 'view.palette',
      group: 'shell.groups.help',
      label: 'shell.palette.open',
      icon: Search,
      keys: ['Mod+K'],
      perform: () => (isPaletteOpen.value = true),
    },
    {
      id: 'view.keys',
      group: 'shell.groups.help',
      label: 'shell.keys.open',
      icon: Keyboard,
      keys: ['?', 'H'],
      perform: () => (areKeysOpen.value = true),
    },
    {
      id: 'view.theme',
      group: 'shell.groups.view',
      label: settings.theme === 'dark' ? 'shell.theme.toLight' : 'shell.theme.toDark',
      icon: settings.theme === 'dark' ? Sun : Moon,
      keys: ['Mod+Shift+L'],
      perform: settings.toggleTheme,
    },
    {
      id: 'view.systemTheme',
      group: 'shell.groups.view',
      label: 'shell.theme.system',
      icon: SunMoon,
      isAvailable: () => settings.themeChoice !== 'system',
      perform: () => (settings.themeChoice = 'system'),
    },
    {
      id: 'view.problems',
      group: 'shell.groups.view',
      label: 'shell.actions.toggleProblems',
      icon: ListX,
      keys: ['Mod+J'],
      perform: () => (workspace.isProblemsOpen = !workspace.isProblemsOpen),
    },
  ]
}
