import { createSharedComposable, useMutationObserver } from '@vueuse/core'
import { computed, shallowRef } from 'vue'
import { divergingMap, greyMap, viridisMap } from '../../drawing/colour-map.ts'
import type { Theme } from '../../drawing/colour-map.ts'
import { type FilterVerdictName, filterVerdictNames } from '../../../engine/protocol/verdicts.ts'
import type { MarkColours } from '../../drawing/wall-verdicts.ts'
import { markColour } from '../../verdicts/verdict-marks.ts'

/** The theme's colours for what is drawn on a canvas, read from its CSS variables. */
export interface Palette {
  readonly theme: Theme
  readonly text: string
  readonly textSecondary: string
  readonly textTertiary: string
  readonly accent: string
  readonly surface: string
  readonly sunken: string
  readonly border: string
  readonly grid: string
  readonly train: string
  readonly validation: string
  readonly test: string
  readonly fontFamily: string
  readonly verdicts: MarkColours
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  return {
    theme: document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light',
    text: read('--color-text'),
    textSecondary: read('--color-text-secondary'),
    textTertiary: read('--color-text-tertiary'),
    accent: read('--color-accent'),
    surface: read('--color-surface'),
    sunken: read('--color-sunken'),
    border: read('--color-border'),
    grid: read('--data-grid'),
    train: read('--data-train'),
    validation: read('--data-validation'),
    test: read('--data-test'),
    fontFamily: read('--font-text'),
    verdicts: Object.fromEntries(filterVerdictNames.map((name) => [name, read(markColour(name))])) as Record<
      FilterVerdictName,
      string
    >,
  }
}

/** Follows the theme; the colour maps come with it. */
export const usePalette = createSharedComposable(() => {
  const palette = shallowRef(readPalette())
  useMutationObserver(document.documentElement, () => (palette.value = readPalette()), {
    attributes: true,
    attributeFilter: ['data-theme'],
  })
  const diverging = computed(() => divergingMap(palette.value.theme))
  return { palette, diverging, viridis: viridisMap(), grey: greyMap() }
})
