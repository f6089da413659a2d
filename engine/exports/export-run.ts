import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DataProgress } from '../protocol/messages.ts'
import { openRunFolder } from '../runs/run-folder.ts'
import { readRunLog } from '../runs/run-log.ts'
import { ExportCancelledError, ExportError, filesExist } from './export-error.ts'
import { type WaitingFile, discard, place, prepareFile } from './place-files.ts'
import { readRun } from './read-run.ts'
import { exportCsv, exportNpz, exportOnnx, exportTrainingGraphs } from './run-files.ts'

/** Where each part of an export goes; what has no path is not written. */
export interface ExportPaths {
  /** The network. */
  readonly onnx?: string | undefined
  /** All weights. */
  readonly npz?: string | undefined
  /** The curves. */
  readonly csv?: string | undefined
  /** One step of training; what that begins with goes to `initialPathOf` this. */
  readonly trainingGraph?: string | undefined
}

export interface ExportOptions {
  /** The kept step whose weights are written; left out: the last. */
  readonly step?: number | undefined
  /** True for a file that may be replaced; left out: none may. */
  readonly mayReplace?: (path: string) => boolean
  readonly onProgress?: (progress: DataProgress) => void
  readonly signal?: AbortSignal
}

export interface WrittenFile {
  readonly path: string
  readonly byteLength: number
}

/** Where the state that a training graph begins with goes: beside it. */
export function initialPathOf(trainingGraph: string): string {
  return `${trainingGraph.replace(/[.]onnx$/i, '')}-initial.onnx`
}

/**
 * Writes what a run folder holds as files for other programs. Nothing is computed where a file would be replaced that
 * may not be, and none gets its name before all are written: throws FilesExistError, ExportCancelledError after the
 * signal, ExportError, RunError, or why the network cannot be built.
 */
export async function exportRun(
  runFolder: string,
  paths: ExportPaths,
  options: ExportOptions = {},
): Promise<readonly WrittenFile[]> {
  const { mayReplace = () => false, onProgress, signal } = options
  const folder = await openRunFolder(runFolder)
  const wanted = wantedPaths(paths)
  const twice = wanted.find((path, index) => wanted.indexOf(path) !== index)
  if (twice !== undefined)
    throw new ExportError(`${twice} is named for two parts of the export; give each its own name.`)
  const taken = await existing(wanted.filter((path) => !mayReplace(path)))
  if (taken.length > 0) throw filesExist(taken)
  const waiting: WaitingFile[] = []
  const goOn = async (path: string | undefined) => {
    if (signal?.aborted) throw new ExportCancelledError()
    const stage = path === undefined ? 'Reading the run' : `Writing ${basename(path)}`
    onProgress?.({ stage, done: waiting.length, total: wanted.length, rate: 0 })
    // Encoding blocks this thread, so what was just said and what is asked meanwhile get their turn first.
    await nextTurn()
  }
  const write = async (path: string, encode: () => Uint8Array | string) => {
    await goOn(path)
    waiting.push(await prepareFile(path, encode()))
  }
  try {
    await goOn(undefined)
    const { onnx, npz, csv, trainingGraph } = paths
    if (csv !== undefined) {
      const entries = await readRunLog(folder.logPath)
      await write(csv, () => exportCsv(entries))
    }
    if (onnx !== undefined || npz !== undefined || trainingGraph !== undefined) {
      const run = await readRun(folder, options.step)
      if (onnx !== undefined) await write(onnx, () => exportOnnx(run))
      if (npz !== undefined) await write(npz, () => exportNpz(run))
      if (trainingGraph !== undefined) {
        await goOn(trainingGraph)
        const { step, initial } = exportTrainingGraphs(run)
        await write(trainingGraph, () => step)
        await write(initialPathOf(trainingGraph), () => initial)
      }
    }
    if (signal?.aborted) throw new ExportCancelledError()
    await place(waiting, mayReplace)
  } finally {
    await discard(waiting)
  }
  return waiting.map(({ path, byteLength }) => ({ path, byteLength }))
}

function wantedPaths({ onnx, npz, csv, trainingGraph }: ExportPaths): readonly string[] {
  const initial = trainingGraph === undefined ? undefined : initialPathOf(trainingGraph)
  return [onnx, npz, csv, trainingGraph, initial].filter((path) => path !== undefined)
}

async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of paths) {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    )
    if (isThere) found.push(path)
  }
  return found
}
