import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { z } from 'zod'
import { classNamesIn } from '../protocol/class-names.ts'
import { realPathWithin } from './model-folder.ts'

/** Under which names exporters keep them in a file's metadata. */
const metadataKeys = ['classes', 'names', 'labels', 'class_names', 'classNames', 'class_labels']

const largestNamesFile = 2 ** 20

/** The names of a model's classes where its metadata or a text file beside it has as many as there are classes. */
export function findClassNames(
  path: string,
  metadata: Readonly<Record<string, string>>,
  classes: number | undefined,
): readonly string[] | undefined {
  if (classes === undefined) return undefined
  const fits = (names: readonly string[] | undefined) => names?.length === classes
  const stated = metadataKeys.map((key) => namesIn(metadata[key])).find(fits)
  return (
    stated ??
    filesBeside(path)
      .map((file) => linesOf(path, file))
      .find(fits)
  )
}

const listSchema = z.array(z.string())
const byIndexSchema = z.record(z.string().regex(/^\d+$/), z.string())

/** A JSON list, an object (also as Python writes it) from index to name, or names between commas or in lines. */
function namesIn(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const json = parseJson(text) ?? parseJson(pythonAsJson(text))
  const list = listSchema.safeParse(json)
  if (list.success) return list.data
  const byIndex = byIndexSchema.safeParse(json)
  if (byIndex.success) {
    return Object.entries(byIndex.data)
      .toSorted(([one], [other]) => Number(one) - Number(other))
      .map(([, name]) => name)
  }
  return json === undefined ? classNamesIn(text.includes('\n') ? text : text.replaceAll(',', '\n')) : undefined
}

/** {0: 'cat', 1: "dog's"} as JSON. */
function pythonAsJson(text: string): string {
  return text
    .replaceAll(/'((?:[^'\\]|\\.)*)'(?=\s*[,\]}])/g, (_, name: string) => JSON.stringify(name.replaceAll("\\'", "'")))
    .replaceAll(/([{,]\s*)(\d+)(\s*:)/g, '$1"$2"$3')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function filesBeside(path: string): readonly string[] {
  const title = basename(path, extname(path))
  const own = ['.txt', '.labels.txt', '_labels.txt', '.classes.txt', '_classes.txt', '.names']
  return [...own.map((ending) => title + ending), 'labels.txt', 'classes.txt', 'class_names.txt', 'synset.txt']
}

/** One name for each line; undefined where the file is missing, not to be read, or too large for a list of names. */
function linesOf(path: string, file: string): readonly string[] | undefined {
  try {
    const real = realPathWithin(dirname(path), file)
    if (statSync(real).size > largestNamesFile) return undefined
    return classNamesIn(readFileSync(real, 'utf8'))
  } catch {
    return undefined
  }
}
