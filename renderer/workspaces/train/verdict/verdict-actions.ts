import { ArrowDownWideNarrow, Filter, ListFilter, ListX, Scale } from '@lucide/vue'
import { type FilterVerdictName, filterVerdictNames } from '../../../../engine/protocol/verdicts.ts'
import type { Action } from '../../../actions/action.ts'
import { text } from '../../../i18n/text.ts'
import { useActions } from '../../../stores/actions.ts'
import { useTrainViewStore } from '../../../stores/train-view.ts'
import type { FilterSource } from '../filter-source.ts'
import { useHasVerdictColumn } from './verdict-column.ts'

/** What can be done by key or palette with the verdicts of a wall while it is in view; `area` keeps two walls apart. */
export function useVerdictActions(area: string, source: FilterSource, isShown: () => boolean): void {
  const view = useTrainViewStore()
  const hasColumn = useHasVerdictColumn()
  const group = 'verdict.group'
  const hasVerdicts = (): boolean => isShown() && source.verdicts.names !== undefined

  /** All filters, then those of each verdict there is. */
  function showNext(): void {
    const names = source.verdicts.names ?? []
    const present = filterVerdictNames.filter((name) => names.includes(name))
    const choices: readonly (FilterVerdictName | undefined)[] = [undefined, ...present]
    view.onlyVerdict = choices[(choices.indexOf(view.onlyVerdict) + 1) % choices.length]
  }

  const only = (name: FilterVerdictName): Action => ({
    id: `${area}.verdict.only.${name}`,
    group,
    label: 'verdict.actions.only',
    values: { verdict: text(`verdict.names.${name}`) },
    icon: Filter,
    isAvailable: () => hasVerdicts() && view.onlyVerdict !== name,
    perform: () => (view.onlyVerdict = name),
  })

  useActions(() => [
    {
      id: `${area}.verdict.pane`,
      group,
      label: view.sideShows === 'verdict' ? 'verdict.actions.leavePane' : 'verdict.actions.pane',
      icon: Scale,
      keys: ['V'],
      isAvailable: () => isShown() && !hasColumn.value,
      perform: () => (view.sideShows = view.sideShows === 'verdict' ? 'other' : 'verdict'),
    },
    {
      id: `${area}.verdict.sort`,
      group,
      label: view.sort === 'verdict' ? 'verdict.actions.sortIndex' : 'verdict.actions.sort',
      icon: ArrowDownWideNarrow,
      keys: ['O'],
      isAvailable: hasVerdicts,
      perform: () => (view.sort = view.sort === 'verdict' ? 'index' : 'verdict'),
    },
    {
      id: `${area}.verdict.next`,
      group,
      label: 'verdict.actions.next',
      icon: ListFilter,
      keys: ['F'],
      isAvailable: hasVerdicts,
      perform: showNext,
    },
    {
      id: `${area}.verdict.all`,
      group,
      label: 'verdict.actions.all',
      icon: ListX,
      isAvailable: () => isShown() && view.onlyVerdict !== undefined,
      perform: () => (view.onlyVerdict = undefined),
    },
    ...filterVerdictNames.map(only),
  ])
}
