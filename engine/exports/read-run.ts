import { buildTrainedNetwork } from '../networks/build-trained-network.ts'
import type { RunFolder } from '../runs/run-folder.ts'
import { ExportError } from './export-error.ts'
import type { ExportedRun } from './run-files.ts'

/**
 * What a run exports of a kept step, the last where none is named. Throws ExportError where none is kept, RunError, or
 * why the network cannot be built.
 */
export async function readRun(folder: RunFolder, wanted: number | undefined): Promise<ExportedRun> {
  const { settings } = folder
  const description = await folder.description()
  const step = wanted ?? (await folder.snapshotSteps()).at(-1)
  if (description === undefined || step === undefined) {
    throw new ExportError(`${folder.path} has kept no weights yet; export it when its training has begun.`)
  }
  const source = folder.hasSource ? await folder.readModel('source') : undefined
  const network = buildTrainedNetwork(settings, description.data, source)
  return { settings, description, network, weights: await folder.readSnapshot(step) }
}
