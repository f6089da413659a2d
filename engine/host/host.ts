import { randomUUID } from 'node:crypto'
import type { Channel } from '../protocol/channel.ts'
import type { AppInfo } from '../protocol/requests.ts'
import type { RunPhase } from '../protocol/runs.ts'
import { Connection } from './connection.ts'
import type { SpawnEngineProcess } from './engine-process.ts'
import { ExportShelf } from './export-shelf.ts'
import { appHandlers } from './handlers/app.ts'
import { architectureHandlers } from './handlers/architecture.ts'
import { dataHandlers } from './handlers/data.ts'
import { exportsHandlers } from './handlers/exports.ts'
import { guessingHandlers } from './handlers/guessing.ts'
import type { Handlers } from './handlers/handlers.ts'
import { modelsHandlers } from './handlers/models.ts'
import { runsHandlers } from './handlers/runs.ts'
import { speedHandlers } from './handlers/speed.ts'
import { defaultSettingsFile, HostSettings } from './host-settings.ts'
import { InspectorSupervisor } from './inspector-supervisor.ts'
import { PathGuard } from './path-guard.ts'
import { ProgressLog } from './progress-log.ts'
import { RunSupervisor } from './run-supervisor.ts'
import { RunsFolder } from './runs-folder.ts'
import { Tasks } from './tasks.ts'
import { Topics } from './topics.ts'

export interface HostOptions {
  /** How the trainer and the inspector are started. */
  readonly spawn: SpawnEngineProcess
  readonly version: string
  readonly mode: AppInfo['mode']
  /** Left out: the folder chosen last, else ~/Filterscope/runs. */
  readonly runsFolder?: string
  /** The only folder whose files windows may name; left out: all of them. */
  readonly root?: string
  /** Folders outside `root` that are allowed as well. */
  readonly alsoAllowed?: readonly string[]
  /** Where files wait that windows fetch from a server; left out where there is none. */
  readonly exportsFolder?: string
  /** Where the runs folder is remembered; left out: the user's config folder. */
  readonly settingsFile?: string
}

export interface Host {
  /** A window; any number of them may be connected, and closing one disturbs no other. */
  connect(channel: Channel): void
  /** The run that is being trained. */
  readonly activeRun: { readonly id: string; readonly phase: RunPhase; readonly step: number } | undefined
  /** Where runs are kept now. */
  readonly runsFolder: string
  /** Lets a run being trained write a checkpoint, then ends the engine's processes. */
  close(): Promise<void>
}

/** Ties the parts of the engine to channels: it trains nothing and decodes nothing itself, so that it always answers. */
export function createHost(options: HostOptions): Host {
  const { spawn, version, mode, root, alsoAllowed = [] } = options
  const settings = new HostSettings(options.settingsFile ?? defaultSettingsFile())
  const runsFolder = new RunsFolder(options.runsFolder, settings)
  const paths = new PathGuard(root, alsoAllowed)
  const progress = new ProgressLog()
  const inspector = new InspectorSupervisor(spawn, (entry) => progress.append(entry))
  const runs = new RunSupervisor(spawn, () => runsFolder.path)
  const tasks = new Tasks()
  const shelf = new ExportShelf(options.exportsFolder)
  const topics = new Topics({ runs, inspector, progress, paths, tasks })
  runsFolder.changed.add(() => topics.runsFolderChanged())
  const handlers: Handlers = {
    ...appHandlers({ version, mode, paths, runs, runsFolder }),
    ...architectureHandlers,
    ...dataHandlers({ inspector, paths, progress, tasks }),
    ...runsHandlers({ runs, inspector, paths, tasks }),
    ...exportsHandlers({ runs, inspector, paths, tasks, shelf }),
    ...modelsHandlers({ inspector, paths, tasks }),
    ...guessingHandlers({ runs, inspector, paths }),
    ...speedHandlers({ runs, inspector }),
  }
  const hostId = randomUUID()
  return {
    connect(channel) {
      new Connection(channel, { hostId, handlers, topics })
    },
    get activeRun() {
      const { active } = runs
      return active && { id: active.id, phase: active.phase, step: active.step }
    },
    get runsFolder() {
      return runsFolder.path
    },
    async close() {
      inspector.close()
      await runs.close()
    },
  }
}
