import {
  ArrowDown,
  ArrowUp,
  ChevronDown,
  ChevronUp,
  Copy,
  GitBranchPlus,
  Redo2,
  Trash2,
  Undo2,
  Waypoints,
  Workflow,
} from '@lucide/vue'
import type { Action } from '../actions/action.ts'
import { useModelFileStore } from '../stores/model-file.ts'
import { useModelStore } from '../stores/model.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { layerKinds } from '../workspaces/model/layer-kinds.ts'

/** Edits of the list of layers, while it is in view. */
export function useModelActions(): () => readonly Action[] {
  const file = useModelFileStore()
  const model = useModelStore()
  const workspace = useWorkspaceStore()
  const group = 'shell.groups.model'
  const isInView = (): boolean => workspace.current === 'model' && file.source === 'layers'
  const isHere = (): boolean => isInView() && model.architecture !== undefined
  const hasLayers = (): boolean => isInView() && model.hasSelectedLayers
  return () => [
    ...layerKinds.map(({ kind, icon }): Action => ({
      id: `model.add.${kind}`,
      group,
      label: `model.addAction.${kind}`,
      icon,
      isAvailable: isHere,
      perform: () => model.add(kind),
    })),
    {
      id: 'model.previousLayer',
      group,
      label: 'model.previousLayer',
      icon: ChevronUp,
      keys: ['['],
      isAvailable: () => isHere() && model.selected >= 0,
      perform: () => model.selected--,
    },
    {
      id: 'model.nextLayer',
      group,
      label: 'model.nextLayer',
      icon: ChevronDown,
      keys: [']'],
      isAvailable: () => isHere() && model.selection.last < (model.architecture?.layers.length ?? 0) - 1,
      perform: () => (model.selected = model.selection.last + 1),
    },
    {
      id: 'model.moveUp',
      group,
      label: 'model.row.up',
      icon: ArrowUp,
      keys: ['Alt+ArrowUp'],
      isAvailable: hasLayers,
      perform: () => model.move(model.selection, model.selected - 1),
    },
    {
      id: 'model.moveDown',
      group,
      label: 'model.row.down',
      icon: ArrowDown,
      keys: ['Alt+ArrowDown'],
      isAvailable: hasLayers,
      perform: () => model.move(model.selection, model.selected + 1),
    },
    {
      id: 'model.duplicate',
      group,
      label: 'model.row.duplicate',
      icon: Copy,
      keys: ['Mod+D'],
      isAvailable: hasLayers,
      perform: () => model.duplicate(),
    },
    {
      id: 'model.shortcut',
      group,
      label: 'model.row.shortcut',
      icon: Waypoints,
      isAvailable: hasLayers,
      perform: () => model.branch('shortcut'),
    },
    {
      id: 'model.branch',
      group,
      label: 'model.row.branch',
      icon: GitBranchPlus,
      isAvailable: hasLayers,
      perform: () => model.branch('branch'),
    },
    {
      id: 'model.remove',
      group,
      label: 'model.row.remove',
      icon: Trash2,
      keys: ['Delete'],
      isAvailable: () => hasLayers() && (model.architecture?.layers.length ?? 0) > 1,
      perform: () => model.remove(),
    },
    {
      id: 'model.form',
      group,
      label: model.form === 'list' ? 'model.form.toGraph' : 'model.form.toList',
      icon: Workflow,
      keys: ['T'],
      isAvailable: isHere,
      perform: () => (model.form = model.form === 'list' ? 'graph' : 'list'),
    },
    {
      id: 'model.undo',
      group,
      label: 'model.undo',
      icon: Undo2,
      keys: ['Mod+Z'],
      isAvailable: () => isInView() && model.canUndo,
      perform: model.undoEdit,
    },
    {
      id: 'model.redo',
      group,
      label: 'model.redo',
      icon: Redo2,
      keys: ['Mod+Shift+Z', 'Mod+Y'],
      isAvailable: () => isInView() && model.canRedo,
      perform: model.redoEdit,
    },
  ]
}
