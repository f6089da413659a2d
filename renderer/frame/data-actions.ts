import { FileInput, FilePlus, FolderOpen, FolderPlus, ImageUp, Network, RefreshCw, Shapes } from '@lucide/vue'
import { pathsOf } from '../../engine/protocol/data-source.ts'
import { mostSources } from '../../engine/protocol/settings.ts'
import type { Action } from '../actions/action.ts'
import { sampleSettings, useDataStore } from '../stores/data.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useOpening } from './opening.ts'

/** Bringing data and pictures into the window. */
export function useDataActions(): () => readonly Action[] {
  const data = useDataStore()
  const settings = useSettingsStore()
  const opening = useOpening()
  const workspace = useWorkspaceStore()
  const group = 'shell.groups.data'
  /** What is generated cannot be joined with files. */
  const canAdd = (): boolean => {
    const { length } = pathsOf(data.settings.source)
    return length > 0 && length < mostSources
  }
  return () => [
    {
      id: 'data.openFolder',
      group,
      label: 'data.source.openFolder',
      icon: FolderOpen,
      // Where a model is looked at, another one is what is opened next.
      ...(workspace.current === 'model' ? {} : { keys: ['Mod+O'] }),
      perform: () => void opening.chooseFolder(),
    },
    {
      id: 'modelFile.open',
      group: 'shell.groups.model',
      label: 'modelFile.open.action',
      icon: Network,
      keys: [workspace.current === 'model' ? 'Mod+O' : 'Mod+Shift+O'],
      perform: () => void opening.chooseModel(),
    },
    {
      id: 'data.openFile',
      group,
      label: 'data.source.openFile',
      icon: FileInput,
      perform: () => void opening.chooseFile(),
    },
    {
      id: 'data.addFolder',
      group,
      label: 'data.source.addFolderToData',
      icon: FolderPlus,
      isAvailable: canAdd,
      perform: () => void opening.addFolder(),
    },
    {
      id: 'data.addFile',
      group,
      label: 'data.source.addFileToData',
      icon: FilePlus,
      isAvailable: canAdd,
      perform: () => void opening.addFile(),
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
      perform: () => void opening.openPath(path),
    })),
  ]
}
