import { describe, expect, it } from 'vitest'
import { english } from './en/messages.ts'

const files = import.meta.glob<string>(['../**/*.{ts,vue}', '!../**/*.test.ts', '!./en/*'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
const sources = Object.entries(files)

function leaves(tree: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[prefix + name, value]] : [...leaves(value as object, `${prefix}${name}.`)],
    ),
  )
}

const messages = leaves(english)
const code = sources.map(([, source]) => source).join('\n')
const areas = Object.keys(english).join('|')
const literals = new Set(
  [...code.matchAll(new RegExp(`['"]((?:${areas})\\.[\\w.]+)['"]`, 'g'))].map((match) => match[1]),
)
/** Keys put together in code, as `data.split.${name}`: a pattern where the code fills in one name. */
const patterns = [...code.matchAll(new RegExp('`((?:' + areas + ')\\.[^`]*\\$\\{[^`]*)`', 'g'))].map(
  (match) =>
    new RegExp(
      `^${(match[1] ?? '')
        .split(/\$\{[^}]*\}/)
        .map((part) => part.replaceAll('.', '\\.'))
        .join('[\\w-]+')}$`,
    ),
)

describe('the texts of the window', () => {
  it('are all used', () => {
    const unused = [...messages.keys()].filter(
      (key) => !literals.has(key) && !patterns.some((pattern) => pattern.test(key)),
    )
    expect(unused).toEqual([])
  })

  it('stand nowhere in the templates themselves', () => {
    const written = sources
      .filter(([path]) => path.endsWith('.vue') && !path.includes('/gallery/'))
      .flatMap(([path, source]) => {
        const template = (/<template>[\s\S]*<\/template>/.exec(source)?.[0] ?? '').replace(/<!--[\s\S]*?-->/g, '')
        return [...template.matchAll(/>([^<>{}]*[A-Za-z]{3}[^<>{}]*)</g)].map((match) => `${path}: ${match[1]?.trim()}`)
      })
    expect(written).toEqual([])
  })
})
