import { basename, dirname, join } from 'node:path'
import {
  asFileName,
  type ExportChoices,
  type ExportedFiles,
  exportAddress,
  exportBase,
} from '../../protocol/exports.ts'
import { networkName } from '../../protocol/network.ts'
import type { RunFolder } from '../../runs/run-folder.ts'
import { readRunLog } from '../../runs/run-log.ts'
import type { ExportShelf } from '../export-shelf.ts'
import type { InspectorSupervisor } from '../inspector-supervisor.ts'
import type { PathGuard } from '../path-guard.ts'
import { RequestError } from '../request-error.ts'
import type { RunSupervisor } from '../run-supervisor.ts'
import type { Tasks } from '../tasks.ts'
import type { Handlers } from './handlers.ts'

export interface ExportsParts {
  readonly runs: RunSupervisor
  readonly inspector: InspectorSupervisor
  readonly paths: PathGuard
  readonly tasks: Tasks
  readonly shelf: ExportShelf
}

type ExportHandlers = Pick<Handlers, 'runs.exportable' | 'runs.export' | 'tasks.cancel'>

/** Runs as files for other programs. Another process builds them: the network of a run is not for the host to read. */
export function exportsHandlers({ runs, inspector, paths, tasks, shelf }: ExportsParts): ExportHandlers {
  return {
    'runs.exportable': async ({ runId }) => choicesOf(await runs.folder(runId)),
    async 'runs.export'({ runId, step, formats, target, taskId }) {
      return tasks.run(taskId, async (parts): Promise<ExportedFiles> => {
        const runFolder = await runs.pathOf(runId)
        const wanted = { runFolder, formats, ...(step === undefined ? {} : { step }) }
        const exportTo = (base: string, mayReplace: 'none' | 'all' | { path: string }) =>
          inspector.call('runs.export', { ...wanted, base, mayReplace }, parts)
        if (target.kind === 'download') {
          return shelf.fill(async (folder, id) => {
            const files = await exportTo(join(folder, target.name), 'none')
            const named = files.map((file) => ({ ...file, name: basename(file.path) }))
            return { files: named.map((file) => ({ ...file, address: exportAddress(id, file.name) })) }
          })
        }
        // The folder decides: files take endings of their own, so the root itself would lead to names beside it.
        const path = join(await paths.confineNew(dirname(target.path)), basename(target.path))
        const mayReplace = target.replace === 'chosen' ? { path } : target.replace
        const files = await exportTo(exportBase(path, formats), mayReplace)
        return { files: files.map((file) => ({ ...file, name: basename(file.path) })) }
      })
    },
    'tasks.cancel'({ taskId }) {
      tasks.cancel(taskId)
      return {}
    },
  }
}

/** Throws RequestError where nothing has been kept yet. */
async function choicesOf(folder: RunFolder): Promise<ExportChoices> {
  const steps = await folder.snapshotSteps()
  if (steps.length === 0) {
    throw new RequestError(
      'conflict',
      `Run ${folder.id} has kept no weights yet; export it when its training has begun.`,
    )
  }
  let best: { step: number; accuracy: number; loss: number } | undefined
  for (const entry of await readRunLog(folder.logPath)) {
    if (entry.kind !== 'evaluation' || entry.split !== 'validation') continue
    if (best === undefined || entry.loss < best.loss) best = entry
  }
  return {
    runId: folder.id,
    name: asFileName(networkName(folder.settings.network)),
    steps,
    ...(best !== undefined && steps.includes(best.step) && { best: { step: best.step, accuracy: best.accuracy } }),
  }
}
