import { availableParallelism } from 'node:os'
import type { AppInfo } from '../../protocol/requests.ts'
import { makeFolder } from '../../runs/make-folder.ts'
import { refusalReason } from '../../runs/refusal-reason.ts'
import type { PathGuard } from '../path-guard.ts'
import { RequestError } from '../request-error.ts'
import type { RunSupervisor } from '../run-supervisor.ts'
import type { RunsFolder } from '../runs-folder.ts'
import type { AreaHandlers } from './handlers.ts'

export interface AppParts {
  readonly version: string
  readonly mode: AppInfo['mode']
  readonly paths: PathGuard
  readonly runs: RunSupervisor
  readonly runsFolder: RunsFolder
}

export function appHandlers({ version, mode, paths, runs, runsFolder }: AppParts): AreaHandlers<'app'> {
  const info = (): AppInfo => ({
    version,
    mode,
    runsFolder: runsFolder.path,
    ...(paths.root === undefined ? {} : { root: paths.root }),
    logicalCores: availableParallelism(),
  })
  return {
    'app.info': info,
    async 'app.setRunsFolder'({ path }) {
      if (runs.active) {
        const sentence = `Run ${runs.active.id} is being written to ${runsFolder.path}; stop it before another folder is chosen.`
        throw new RequestError('conflict', sentence)
      }
      const folder = await paths.confineNew(path)
      await makeFolder(folder).catch((error: NodeJS.ErrnoException) => {
        const sentence = `${folder} cannot be made a folder: ${refusalReason(error)}; choose another place for runs.`
        throw new RequestError('badInput', sentence, { cause: error })
      })
      await runsFolder.change(folder)
      return info()
    },
  }
}
