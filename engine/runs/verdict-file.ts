import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { withLook } from '../protocol/verdict-history.ts'
import { type VerdictLook, layerVerdictNames } from '../protocol/verdicts.ts'
import { writeWhole } from './write-whole.ts'

const lookSchema = z.object({
  step: z.number().int().nonnegative(),
  layers: z.array(
    z.object({
      name: z.string(),
      verdict: z.enum(layerVerdictNames),
      p: z.number().nullable(),
      filters: z.string(),
    }),
  ),
})

/** The looks at a run's filters, verdicts.jsonl, oldest first; a line that a crash left unfinished is passed over. */
export async function readLooks(runFolder: string): Promise<VerdictLook[]> {
  const text = await readFile(fileOf(runFolder), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').reduce<VerdictLook[]>((looks, line) => {
    const look = parse(line)
    return look === undefined ? looks : withLook(looks, look)
  }, [])
}

/** Throws the file system's error. */
export async function appendLook(runFolder: string, look: VerdictLook): Promise<void> {
  await appendFile(fileOf(runFolder), `\n${JSON.stringify(look)}`)
}

/** Drops the looks at later steps. Throws the file system's error. */
export async function forgetLooksAfter(runFolder: string, step: number): Promise<void> {
  const looks = await readLooks(runFolder)
  const kept = looks.filter((look) => look.step <= step)
  if (kept.length === looks.length) return
  await writeWhole(fileOf(runFolder), kept.map((look) => `\n${JSON.stringify(look)}`).join(''))
}

function parse(line: string): VerdictLook | undefined {
  try {
    return lookSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

function fileOf(runFolder: string): string {
  return join(runFolder, 'verdicts.jsonl')
}
