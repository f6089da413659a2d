import { parseDocument, stringify } from 'yaml'
import type { z } from 'zod'
import { type Architecture, type Layer, architectureSchema } from '../protocol/architecture.ts'

/** What is wrong with an architecture's file: one sentence that begins where its reader names the file. */
export class ArchitectureFileError extends Error {
  override readonly name = 'ArchitectureFileError'
}

const pairs = ['kernel', 'stride', 'padding', 'dilation'] as const
const windowed: ReadonlySet<unknown> = new Set<Layer['kind']>(['conv', 'maxPool', 'averagePool'])

/**
 * An architecture written as YAML: `name`, and `layers` as in the protocol, but that one number stands for two equal
 * ones, that `from` may be one name, and that a stride is 1 and a padding 0 where they are left out (the stride of a
 * pool its window). Throws ArchitectureFileError.
 */
export function parseArchitecture(text: string): Architecture {
  const document = parseDocument(text)
  const [mistake] = document.errors
  if (mistake) throw new ArchitectureFileError(`is no YAML: ${mistake.message.split('\n')[0]?.replace(/:$/, '')}.`)
  const content = contentOf(document)
  const parsed = architectureSchema.safeParse(spelledOut(content))
  if (parsed.success) {
    requireKnownFields(content)
    return parsed.data
  }
  throw new ArchitectureFileError(explain(content, parsed.error.issues[0]))
}

/** As parseArchitecture reads it, one layer a line, without what it would add by itself. */
export function formatArchitecture({ name, layers }: Architecture): string {
  const lines = layers.map((layer) => {
    const line = stringify(shortened(layer), { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true })
    return `  - ${line.trim()}`
  })
  return [stringify({ name }).trim(), 'layers:', ...lines, ''].join('\n')
}

/** A misspelt field would be left out without a word, and what it is usually would stand in its place. */
function requireKnownFields(content: unknown): void {
  const layers: unknown = isFields(content) ? content['layers'] : undefined
  if (!Array.isArray(layers)) return
  for (const [index, layer] of layers.entries()) {
    if (!isFields(layer)) continue
    const shape = architectureSchema.shape.layers.element.options.find(
      (option) => option.shape.kind.value === layer['kind'],
    )
    const known = Object.keys(shape?.shape ?? {})
    const unknown = Object.keys(layer).find((field) => !known.includes(field))
    if (unknown === undefined) continue
    const place = `layer ${index + 1} (${JSON.stringify(layer['name'])})`
    throw new ArchitectureFileError(
      `has the unknown field "${unknown}" in ${place}; a layer of kind ${String(layer['kind'])} has ${known.join(', ')}.`,
    )
  }
}

function contentOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown
  } catch {
    // Aliases can make a few lines as large as memory; no network needs them.
    throw new ArchitectureFileError('uses YAML aliases (*name); write out what they stand for.')
  }
}

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function spelledOut(content: unknown): unknown {
  if (!isFields(content) || !Array.isArray(content['layers'])) return content
  const layers: readonly unknown[] = content['layers']
  return { ...content, layers: layers.map((layer) => (isFields(layer) ? spelledOutLayer(layer) : layer)) }
}

function spelledOutLayer(layer: Fields): Fields {
  const both = (value: unknown) => (typeof value === 'number' ? [value, value] : value)
  const written = pairs.filter((field) => layer[field] !== undefined)
  const isPool = layer['kind'] === 'maxPool' || layer['kind'] === 'averagePool'
  return {
    ...(windowed.has(layer['kind']) && { stride: both(isPool ? layer['kernel'] : 1), padding: [0, 0] }),
    ...layer,
    ...Object.fromEntries(written.map((field) => [field, both(layer[field])])),
    ...(typeof layer['from'] === 'string' && { from: [layer['from']] }),
  }
}

function shortened(layer: Layer): Fields {
  const usual = spelledOutLayer({ kind: layer.kind, ...('kernel' in layer && { kernel: layer.kernel }) })
  const isUsual = (field: string, value: unknown) =>
    (field === 'stride' || field === 'padding') && String(value) === String(usual[field])
  const { kind, name, ...rest } = layer
  const kept = Object.entries(rest).filter(([field, value]) => value !== undefined && !isUsual(field, value))
  const short = kept.map(([field, value]): [string, unknown] => {
    if (!Array.isArray(value)) return [field, value]
    const isOne = field === 'from' ? value.length === 1 : value[0] === value[1]
    return [field, isOne ? value[0] : value]
  })
  return { kind, name, ...Object.fromEntries(short) }
}

/** 'layer 3 ("conv2") has kernel 0: …' */
function explain(content: unknown, issue: z.core.$ZodIssue | undefined): string {
  const [top, index, place] = issue?.path ?? []
  const field = place === undefined ? undefined : String(place)
  const wrong = issue?.message ?? 'it is not understood'
  const because = `${wrong.charAt(0).toLowerCase()}${wrong.slice(1)}`
  if (!isFields(content)) return 'holds no architecture: it needs a "name" and a list of "layers".'
  if (top !== 'layers' || typeof index !== 'number') {
    return `has a wrong ${JSON.stringify(top ?? 'content')}: ${because}; it needs a "name" and a list of "layers".`
  }
  const layer: unknown = Array.isArray(content['layers']) ? content['layers'][index] : undefined
  const name = isFields(layer) && typeof layer['name'] === 'string' ? ` (${JSON.stringify(layer['name'])})` : ''
  if (field === undefined) return `has no layer at place ${index + 1}${name}: ${because}.`
  const value = isFields(layer) ? JSON.stringify(layer[field]) : undefined
  if (field === 'kind' && isFields(layer)) {
    const kinds = architectureSchema.shape.layers.element.options.map(({ shape }) => shape.kind.value)
    return `has ${value === undefined ? 'no kind' : `the unknown kind ${value}`} in layer ${index + 1}${name}; the kinds are ${kinds.join(', ')}.`
  }
  return `has ${value === undefined ? `no ${field}` : `${field} ${value}`} in layer ${index + 1}${name}: ${because}.`
}
