import { ArrowDownWideNarrow, Filter, ListFilter, ListX, Scale } from '@lucide/vue'
import { type FilterVerdictName, filterVerdictNames } from '../../engine/protocol/verdicts.ts'
import type { Action } from '../actions/action.ts'
import { text } from '../i18n/text.ts'
import { useModelFileStore } from '../stores/model-file.ts'
import { useModelVerdictsStore } from '../stores/model-verdicts.ts'
import { useRunVerdictsStore } from '../stores/run-verdicts.ts'
import { useTrainViewStore } from '../stores/train-view.ts'
import { useTrainingStore } from '../stores/training.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { useHasVerdictColumn } from '../workspaces/train/verdict/verdict-column.ts'

/** What can be done with the verdicts on the wall in view, of a run or of a model file. */
export function useVerdictActions(): () => readonly Action[] {
  const file = useModelFileStore()
  const ofFile = useModelVerdictsStore()
  const ofRun = useRunVerdictsStore()
  const training = useTrainingStore()
  const view = useTrainViewStore()
  const workspace = useWorkspaceStore()
  const hasColumn = useHasVerdictColumn()
  const group = 'verdict.group'

  const isRun = (): boolean => workspace.current === 'train' && training.run !== undefined
  const isFile = (): boolean => workspace.current === 'model' && file.isInUse
  function names(): readonly FilterVerdictName[] | undefined {
    if (isRun()) return ofRun.names
    return isFile() ? ofFile.names : undefined
  }
  const hasVerdicts = (): boolean => names() !== undefined

  /** All filters, then those of each verdict there is. */
  function showNext(): void {
    const present = filterVerdictNames.filter((name) => names()?.includes(name))
    const choices: readonly (FilterVerdictName | undefined)[] = [undefined, ...present]
    view.onlyVerdict = choices[(choices.indexOf(view.onlyVerdict) + 1) % choices.length]
  }

  const only = (name: FilterVerdictName): Action => ({
    id: `verdict.only.${name}`,
    group,
    label: 'verdict.actions.only',
    values: { verdict: text(`verdict.names.${name}`) },
    icon: Filter,
    isAvailable: () => hasVerdicts() && view.onlyVerdict !== name,
    perform: () => (view.onlyVerdict = name),
  })

  return () => [
    {
      id: 'verdict.pane',
      group,
      label: view.sideShows === 'verdict' ? 'verdict.actions.leavePane' : 'verdict.actions.pane',
      icon: Scale,
      keys: ['V'],
      isAvailable: () => (isRun() || isFile()) && !hasColumn.value,
      perform: () => (view.sideShows = view.sideShows === 'verdict' ? 'other' : 'verdict'),
    },
    {
      id: 'verdict.sort',
      group,
      label: view.sort === 'verdict' ? 'verdict.actions.sortIndex' : 'verdict.actions.sort',
      icon: ArrowDownWideNarrow,
      keys: ['O'],
      isAvailable: hasVerdicts,
      perform: () => (view.sort = view.sort === 'verdict' ? 'index' : 'verdict'),
    },
    {
      id: 'verdict.next',
      group,
      label: 'verdict.actions.next',
      icon: ListFilter,
      keys: ['F'],
      isAvailable: hasVerdicts,
      perform: showNext,
    },
    {
      id: 'verdict.all',
      group,
      label: 'verdict.actions.all',
      icon: ListX,
      isAvailable: () => (isRun() || isFile()) && view.onlyVerdict !== undefined,
      perform: () => (view.onlyVerdict = undefined),
    },
    ...filterVerdictNames.map(only),
  ]
}
