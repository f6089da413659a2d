import type { Ref } from 'vue'
import { useActions } from '../stores/actions.ts'
import { useDataActions } from './data-actions.ts'
import { useModelActions } from './model-actions.ts'
import { useRunActions } from './run-actions.ts'
import { useVerdictActions } from './verdict-actions.ts'
import { useViewActions, useWorkspaceActions } from './view-actions.ts'

/** Everything the frame offers, in every workspace. */
export function useAppActions(isPaletteOpen: Ref<boolean>, areKeysOpen: Ref<boolean>): void {
  useActions(useWorkspaceActions())
  useActions(useRunActions())
  useActions(useDataActions())
  useActions(useModelActions())
  useActions(useVerdictActions())
  useActions(useViewActions(isPaletteOpen, areKeysOpen))
}
