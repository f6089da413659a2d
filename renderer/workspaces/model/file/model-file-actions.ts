import { ChevronDown, ChevronUp, FileImage, ImageDown, Maximize, Search, Table2 } from '@lucide/vue'
import type { Ref } from 'vue'
import { useActions } from '../../../stores/actions.ts'
import { useModelFileStore } from '../../../stores/model-file.ts'
import { useWorkspaceStore } from '../../../stores/workspace.ts'

export interface ModelFileViewParts {
  readonly find: () => void
  readonly fit: () => void
  readonly save: (form: 'svg' | 'png') => void
  readonly form: Ref<'graph' | 'table'>
}

/** What can be done by key or palette with an opened model, while it is in view. */
export function useModelFileActions({ find, fit, save, form }: ModelFileViewParts): void {
  const file = useModelFileStore()
  const workspace = useWorkspaceStore()
  const group = 'modelFile.group'
  const isHere = (): boolean => workspace.current === 'model' && file.isInUse
  const isGraph = (): boolean => isHere() && form.value === 'graph'

  useActions(() => [
    {
      id: 'modelFile.find',
      group,
      label: 'modelFile.search.find',
      icon: Search,
      keys: ['Mod+F'],
      isAvailable: isHere,
      perform: find,
    },
    {
      id: 'modelFile.form',
      group,
      label: form.value === 'graph' ? 'modelFile.form.toTable' : 'modelFile.form.toGraph',
      icon: Table2,
      keys: ['T'],
      isAvailable: isHere,
      perform: () => (form.value = form.value === 'graph' ? 'table' : 'graph'),
    },
    {
      id: 'modelFile.fit',
      group,
      label: 'modelFile.graph.fit',
      icon: Maximize,
      keys: ['0'],
      isAvailable: isGraph,
      perform: fit,
    },
    {
      id: 'modelFile.saveSvg',
      group,
      label: 'modelFile.graph.saveSvg',
      icon: FileImage,
      isAvailable: isGraph,
      perform: () => save('svg'),
    },
    {
      id: 'modelFile.savePng',
      group,
      label: 'modelFile.graph.savePng',
      icon: ImageDown,
      isAvailable: isGraph,
      perform: () => save('png'),
    },
    {
      id: 'modelFile.previousLayer',
      group,
      label: 'modelFile.previousLayer',
      icon: ChevronUp,
      keys: ['['],
      isAvailable: isHere,
      perform: () => file.moveLayer(-1),
    },
    {
      id: 'modelFile.nextLayer',
      group,
      label: 'modelFile.nextLayer',
      icon: ChevronDown,
      keys: [']'],
      isAvailable: isHere,
      perform: () => file.moveLayer(1),
    },
  ])
}
