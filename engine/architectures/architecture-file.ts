import { parseDocument, stringify } from 'yaml'
import type { z } from 'zod'
import { type Architecture, type Layer, architectureSchema, headSchema, layerSchema } from '../protocol/architecture.ts'

/** What is wrong with an architecture's file: one sentence that begins where its reader names the file. */
export class ArchitectureFileError extends Error {
  override readonly name = 'ArchitectureFileError'
}

const pairs = ['kernel', 'stride', 'padding', 'dilation'] as const
const windowed: ReadonlySet<unknown> = new Set<Layer['kind']>(['conv', 'maxPool', 'averagePool'])

/**
 * An architecture written as YAML: `name`, `layers` and, where it has any, `heads` as in the protocol, but that one number stands for two equal
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
export function formatArchitecture({ name, layers, heads = [] }: Architecture): string {
  const headLines = heads.flatMap(({ layers: own, ...head }) => {
    const fields = stringify(head).trim().split('\n')
    return [...fields.map((line, index) => `  ${index === 0 ? '-' : ' '} ${line}`), '    layers:', ...lines(own, 6)]
  })
  const ofHeads = headLines.length === 0 ? [] : ['heads:', ...headLines]
  return [stringify({ name }).trim(), 'layers:', ...lines(layers, 2), ...ofHeads, ''].join('\n')
}

function lines(layers: readonly Layer[], indent: number): string[] {
  return layers.map((layer) => {
    const line = stringify(shortened(layer), { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true })
    return `${' '.repeat(indent)}- ${line.trim()}`
  })
}

/** A misspelt field would be left out without a word, and what it is usually would stand in its place. */
function requireKnownFields(content: unknown): void {
  for (const { layers, where } of layerLists(content)) {
    for (const [index, layer] of layers.entries()) {
      if (!isFields(layer)) continue
      const shape = layerSchema.options.find((option) => option.shape.kind.value === layer['kind'])
      const known = Object.keys(shape?.shape ?? {})
      const unknown = Object.keys(layer).find((field) => !known.includes(field))
      if (unknown === undefined) continue
      const place = `layer ${index + 1} (${JSON.stringify(layer['name'])})${where}`
      throw new ArchitectureFileError(
        `has the unknown field "${unknown}" in ${place}; a layer of kind ${String(layer['kind'])} has ${known.join(', ')}.`,
      )
    }
  }
}

/** The lists of layers in a file, that of the network first, and how a sentence says which of the heads one is in. */
function layerLists(content: unknown): { readonly layers: readonly unknown[]; readonly where: string }[] {
  if (!isFields(content)) return []
  const lists = [{ list: content['layers'], where: '' }]
  for (const [index, head] of (Array.isArray(content['heads']) ? content['heads'] : []).entries()) {
    if (isFields(head)) lists.push({ list: head['layers'], where: ` of head ${index + 1}` })
  }
  return lists.flatMap(({ list, where }) => (Array.isArray(list) ? [{ layers: list as unknown[], where }] : []))
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
  if (!isFields(content)) return content
  const { layers, heads } = content
  return {
    ...content,
    ...(Array.isArray(layers) && {
      layers: layers.map((layer: unknown) => (isFields(layer) ? spelledOutLayer(layer) : layer)),
    }),
    ...(Array.isArray(heads) && { heads: heads.map(spelledOut) }),
  }
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
  const wrong = issue?.message ?? 'it is not understood'
  const because = `${wrong.charAt(0).toLowerCase()}${wrong.slice(1)}`
  if (!isFields(content)) return 'holds no architecture: it needs a "name" and a list of "layers".'
  const path = issue?.path ?? []
  const [top, at, ...rest] = path
  const isOfHead = top === 'heads' && typeof at === 'number'
  const [list, index, place] = isOfHead ? rest : path
  const where = isOfHead ? ` of head ${at + 1}` : ''
  if (list === 'layers' && typeof index === 'number') {
    const head: unknown = isOfHead && Array.isArray(content['heads']) ? content['heads'][at] : content
    return explainLayer(isFields(head) ? head['layers'] : undefined, index, place, where, because)
  }
  if (isOfHead) {
    const needs = Object.keys(headSchema.shape).join(', ')
    return `has a wrong ${list === undefined ? 'head' : JSON.stringify(list)} in head ${at + 1}: ${because}; a head has ${needs}.`
  }
  return `has a wrong ${JSON.stringify(top ?? 'content')}: ${because}; it needs a "name" and a list of "layers".`
}

function explainLayer(
  layers: unknown,
  index: number,
  place: PropertyKey | undefined,
  where: string,
  because: string,
): string {
  const field = place === undefined ? undefined : String(place)
  const layer: unknown = Array.isArray(layers) ? layers[index] : undefined
  const name = isFields(layer) && typeof layer['name'] === 'string' ? ` (${JSON.stringify(layer['name'])})` : ''
  const spot = `layer ${index + 1}${name}${where}`
  if (field === undefined) return `has no layer at place ${index + 1}${name}${where}: ${because}.`
  const value = isFields(layer) ? JSON.stringify(layer[field]) : undefined
  if (field === 'kind' && isFields(layer)) {
    const kinds = layerSchema.options.map(({ shape }) => shape.kind.value)
    return `has ${value === undefined ? 'no kind' : `the unknown kind ${value}`} in ${spot}; the kinds are ${kinds.join(', ')}.`
  }
  return `has ${value === undefined ? `no ${field}` : `${field} ${value}`} in ${spot}: ${because}.`
}
