import { Keyboard, ListX, Moon, Search, Sun, SunMoon } from '@lucide/vue'
import type { Ref } from 'vue'
import type { Action } from '../actions/action.ts'
import { useSettingsStore } from '../stores/settings.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import { workspaces } from '../workspaces/workspaces.ts'

/** Going from one workspace to another. */
export function useWorkspaceActions(): () => readonly Action[] {
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

/** The palette, the list of keys, the theme, the problems. */
export function useViewActions(isPaletteOpen: Ref<boolean>, areKeysOpen: Ref<boolean>): () => readonly Action[] {
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
