import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filterVerdictNames } from '../../engine/protocol/verdicts.ts'
import { markColour } from '../../renderer/verdicts/verdict-marks.ts'

const css = readFileSync(join(import.meta.dirname, '../../renderer/styles/tokens.css'), 'utf8')

function block(selector: string): Map<string, string> {
  const found = [...css.matchAll(new RegExp(`(?:^|\\n)${selector.replace(/[[\]']/g, '\\$&')} \\{([^}]*)\\}`, 'g'))]
  const text = found.map((match) => match[1]).join('\n')
  return new Map([...text.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']))
}

const light = block(':root')
const dark = new Map([...light, ...block(":root[data-theme='dark']")])

/** Relative luminance of #rrggbb, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (lighter + 0.05) / (darker + 0.05)
}

const surfaces = ['--color-canvas', '--color-surface', '--color-raised']
const texts = [
  '--color-text',
  '--color-text-secondary',
  '--color-text-tertiary',
  '--color-accent-text',
  '--color-danger',
  '--color-warning',
  '--color-success',
]
const graphics = [
  '--color-border-control',
  '--color-accent',
  '--color-focus',
  '--data-train',
  '--data-validation',
  '--data-test',
  ...filterVerdictNames.map((name) => markColour(name)),
]

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s theme', (_, theme) => {
  const read = (name: string): string => {
    const colour = theme.get(name)
    if (!colour) throw new Error(`${name} is not a six-digit colour in tokens.css`)
    return colour
  }

  it.each(texts)('%s can be read on every surface (4.5 : 1)', (text) => {
    for (const surface of surfaces) expect(contrast(read(text), read(surface))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(graphics)('%s stands out from every surface (3 : 1)', (graphic) => {
    for (const surface of surfaces) expect(contrast(read(graphic), read(surface))).toBeGreaterThanOrEqual(3)
  })

  it('has readable text on what is filled with a colour', () => {
    expect(contrast(read('--color-on-accent'), read('--color-accent'))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(read('--color-on-accent'), read('--color-accent-hover'))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(read('--color-on-danger'), read('--color-danger'))).toBeGreaterThanOrEqual(4.5)
  })
})
