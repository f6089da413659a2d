import { defineStore } from 'pinia'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useLocalStorage, usePreferredDark } from '@vueuse/core'

export type ThemeChoice = 'system' | 'light' | 'dark'

/** What the window remembers from one start to the next. */
export const useSettingsStore = defineStore('settings', () => {
  const themeChoice = useLocalStorage<ThemeChoice>('filterscope.theme', 'system')
  const systemIsDark = usePreferredDark()
  const theme = computed(() => {
    if (themeChoice.value === 'system') return systemIsDark.value ? 'dark' : 'light'
    return themeChoice.value
  })

  /** Sizes of panes in pixels, by pane. */
  const paneSizes = useLocalStorage<Record<string, number>>('filterscope.panes', {})
  const recentPaths = useLocalStorage<string[]>('filterscope.recentData', [])

  function toggleTheme(): void {
    themeChoice.value = theme.value === 'dark' ? 'light' : 'dark'
  }

  /** Puts a path first among the recent ones; nine are kept, as many as have a key. */
  function rememberPath(path: string): void {
    recentPaths.value = [path, ...recentPaths.value.filter((other) => other !== path)].slice(0, 9)
  }

  function forgetPath(path: string): void {
    recentPaths.value = recentPaths.value.filter((other) => other !== path)
  }

  /** A pane's size as something that can be bound. */
  function paneSize(name: string, initial: MaybeRefOrGetter<number>) {
    return computed({
      get: () => paneSizes.value[name] ?? toValue(initial),
      set: (size: number) => (paneSizes.value = { ...paneSizes.value, [name]: size }),
    })
  }

  return { themeChoice, theme, paneSize, recentPaths, toggleTheme, rememberPath, forgetPath }
})
