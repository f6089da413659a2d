import { z } from 'zod'

export const exportFormats = ['onnx', 'npz', 'csv', 'trainingGraph'] as const
export const exportFormatSchema = z.enum(exportFormats)
/** onnx: the network; npz: all weights; csv: the curves; trainingGraph: one step of training, and what it begins with. */
export type ExportFormat = (typeof exportFormats)[number]

/** A file name on every system: no path, nothing hidden, none of the letters that Windows keeps for itself. */
const fileName = z
  .string()
  .min(1)
  // Names of files are counted in bytes, and an ending is still to come.
  .refine((name) => byteLength(name) <= 150, 'at most 150 bytes')
  .regex(/^[^\\/:*?"<>|\u0000-\u001f]+$/, 'a file name without \\ / : * ? " < > |')
  .refine((name) => !name.startsWith('.') && name.trim() === name, 'a name that begins with a letter or digit')

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength
}

/** A name for files out of any text: what some system keeps for itself becomes a dash. */
export function asFileName(text: string): string {
  let short = text
    .replaceAll(/[\\/:*?"<>|\u0000-\u001f]/g, '-')
    .replace(/^[.\s]+/, '')
    .slice(0, 100)
  while (byteLength(short) > 100) short = short.slice(0, -1)
  // Half of a pair of surrogates is no letter.
  short = short.replace(/[\uD800-\uDBFF]$/, '').trim()
  return short === '' ? 'network' : short
}

export const exportTargetSchema = z.discriminatedUnion('kind', [
  /** The window fetches the files from the server; `name` has no ending. */
  z.object({ kind: z.literal('download'), name: fileName }),
  /** `path` as a person chose it; each file takes its name with an ending of its own. */
  z.object({
    kind: z.literal('file'),
    path: z.string().min(1).max(4096),
    /** chosen: the file of that very path, which the dialog that chose it has asked about. */
    replace: z.enum(['none', 'chosen', 'all']),
  }),
])
export type ExportTarget = z.infer<typeof exportTargetSchema>

/** What of a run can be exported. */
export interface ExportChoices {
  readonly runId: string
  /** What its files are called unless a person says otherwise; without an ending. */
  readonly name: string
  /** Steps whose weights are kept, ascending; 0 is the birth. */
  readonly steps: readonly number[]
  /** The kept step with the smallest validation loss; left out where that step is not kept, or nothing was validated. */
  readonly best?: { readonly step: number; readonly accuracy: number }
}

export interface WrittenFile {
  readonly path: string
  readonly byteLength: number
}

export interface ExportedFiles {
  readonly files: readonly (WrittenFile & {
    readonly name: string
    /** Where the window fetches it from its server. */
    readonly address?: string
  })[]
}

/** The endings that the files of a format add to the name that was chosen. */
export const exportEndings: Readonly<Record<ExportFormat, readonly string[]>> = {
  onnx: ['.onnx'],
  npz: ['.npz'],
  csv: ['.csv'],
  trainingGraph: ['-training.onnx', '-training-initial.onnx'],
}

/** The path that the endings are added to, given the one a person chose for the first of the formats. */
export function exportBase(path: string, formats: readonly ExportFormat[]): string {
  const [first] = formats
  const proposed = first && exportEndings[first][0]
  if (proposed !== undefined && path.toLowerCase().endsWith(proposed)) return path.slice(0, -proposed.length)
  return path.replace(/[.](onnx|npz|csv)$/i, '')
}

/** Where a served window fetches a file that was exported for it. */
export function exportAddress(folder: string, name: string): string {
  return `/export/${folder}/${encodeURIComponent(name)}`
}
