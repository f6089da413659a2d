import { readFileSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { realPathWithin } from '../models/model-folder.ts'
import { editModelFile } from '../onnx/edit-model-file.ts'
import { ModelError } from '../onnx/model-error.ts'
import { readModel } from '../onnx/read-model.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { RunFolder } from '../runs/run-folder.ts'

/**
 * The model file a run began from: the run's own copy, which is made from `path` at first, in one piece. Throws
 * ModelError where there is no model to copy.
 */
export async function readSourceModel(folder: RunFolder, path: string): Promise<Uint8Array> {
  const own = await folder.readModel('source').catch(() => undefined)
  if (own !== undefined) return own
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new ModelError(`${path} does not exist or cannot be read; choose the model again.`, { cause: error })
  })
  const parent = dirname(realpathSync(path))
  const whole = editModelFile(bytes, {}, (location) => readFileSync(realPathWithin(parent, location)))
  const runnable = inRunnableOpset(whole)
  await folder.writeModel('source', runnable)
  return runnable
}

/** The oldest operator set of which ONNX Runtime has every operator. */
const oldestRunnableOpset = 7

/** A file in an operator set that nothing runs any more is kept, and later exported, in the one it is read into. */
function inRunnableOpset(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes)
  return model.originalOpset < oldestRunnableOpset ? writeModel(model) : bytes
}
