import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Model } from '../onnx/graph.ts'
import { ModelError } from '../onnx/model-error.ts'
import { readModel } from '../onnx/read-model.ts'
import { realPathWithin } from './model-folder.ts'

/** A model read from the disk. */
export interface ModelFile {
  readonly path: string
  readonly model: Model
  /** Of the file and of those beside it that hold its weights. */
  readonly byteLength: number
}

/**
 * Reads an ONNX file and the files beside it that hold its weights; nothing is read that does not lie in its folder,
 * also not by a link. Throws ModelError with one sentence.
 */
export function readModelFile(path: string): ModelFile {
  const bytes = readWhole(path)
  const folder = dirname(realpathSync(path))
  let byteLength = bytes.length
  const externalData = (location: string): Uint8Array => {
    const beside = readFileSync(realPathWithin(folder, location))
    byteLength += beside.length
    return beside
  }
  return { path, model: readModel(bytes, { externalData }), byteLength }
}

/** Changes when the file does, so that what was read of it can be kept until then. Throws ModelError where it is gone. */
export function modelFileVersion(path: string): string {
  const { mtimeMs, size } = statOrExplain(path)
  return `${mtimeMs} ${size}`
}

function readWhole(path: string): Uint8Array {
  if (statOrExplain(path).isDirectory()) throw new ModelError(`${path} is a folder; choose an .onnx file in it.`)
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ModelError(`${path} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}

function statOrExplain(path: string) {
  try {
    return statSync(path)
  } catch (error) {
    throw new ModelError(`${path} does not exist or cannot be opened; check the path.`, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
