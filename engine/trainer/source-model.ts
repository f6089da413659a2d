import { readFileSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { realPathWithin } from '../models/model-folder.ts'
import { editModelFile } from '../onnx/edit-model-file.ts'
import { ModelError } from '../onnx/model-error.ts'
import { readModel } from '../onnx/read-model.ts'
import { writeModel } from '../onnx/write-model.ts'
import { exportOnnx } from '../exports/run-files.ts'
import { readRun } from '../exports/read-run.ts'
import type { NetworkSettings } from '../protocol/network.ts'
import type { Resized } from '../protocol/settings.ts'
import { type RunFolder, openRunFolder } from '../runs/run-folder.ts'
import { resizeModel } from './resize-model.ts'

/**
 * The model file that a run begins from: the run's own copy, which is made at first, in one piece. Throws ModelError
 * where there is no model to copy, ResizingError where its filters cannot be others, or why another run cannot be read.
 */
export async function readSourceModel(folder: RunFolder): Promise<Uint8Array> {
  const own = await folder.readModel('source').catch(() => undefined)
  if (own !== undefined) return own
  const { network, resized, training } = folder.settings
  const original = resized?.from === undefined ? await readOriginal(network) : await readRunAt(resized.from)
  const begun = resized === undefined ? original : resizeModel(original, resized, training)
  await folder.writeModel('source', begun)
  return begun
}

async function readOriginal(network: NetworkSettings): Promise<Uint8Array> {
  if (network.kind === 'layers') throw new ModelError('A list of layers has no model file that it could begin from.')
  const { path } = network
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new ModelError(`${path} does not exist or cannot be read; choose the model again.`, { cause: error })
  })
  const parent = dirname(realpathSync(path))
  return inRunnableOpset(editModelFile(bytes, {}, (location) => readFileSync(realPathWithin(parent, location))))
}

/** The network of another run as a file, with its weights of a kept step. */
async function readRunAt({ folder, step }: NonNullable<Resized['from']>): Promise<Uint8Array> {
  return exportOnnx(await readRun(await openRunFolder(folder), step))
}

/** The oldest operator set of which ONNX Runtime has every operator. */
const oldestRunnableOpset = 7

/** A file in an operator set that nothing runs any more is kept, and later exported, in the one it is read into. */
function inRunnableOpset(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes)
  return model.originalOpset < oldestRunnableOpset ? writeModel(model) : bytes
}
