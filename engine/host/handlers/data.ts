import type { InspectorSupervisor } from '../inspector-supervisor.ts'
import { listFiles } from '../list-files.ts'
import type { PathGuard } from '../path-guard.ts'
import type { ProgressLog } from '../progress-log.ts'
import type { Tasks } from '../tasks.ts'
import type { AreaHandlers } from './handlers.ts'

export interface DataParts {
  readonly inspector: InspectorSupervisor
  readonly paths: PathGuard
  readonly progress: ProgressLog
  readonly tasks: Tasks
}

/** Everything about pictures on disk, and the devices, which only a process with the native runtime can list. */
export function dataHandlers({
  inspector,
  paths,
  progress,
  tasks,
}: DataParts): AreaHandlers<'data'> & AreaHandlers<'files'> & AreaHandlers<'devices'> {
  return {
    'devices.list': () => inspector.call('devices.list', {}),
    'files.list': ({ path }) => listFiles(paths, path),
    async 'data.open'({ settings }) {
      const confined = await paths.confineData(settings)
      progress.begin()
      return inspector.call('data.open', { settings: confined })
    },
    'data.cancel'() {
      inspector.cancelOpening()
      return {}
    },
    'data.thumbnails': ({ classIndex, ...parameters }) =>
      inspector.call('data.thumbnails', { ...parameters, ...(classIndex === undefined ? {} : { classIndex }) }),
    'data.examine': ({ dataId, taskId }) =>
      tasks.run(taskId, (parts) => inspector.call('data.examine', { dataId }, parts)),
    'data.trainingPictures': async ({ data, ...parameters }) =>
      inspector.call('data.trainingPictures', { ...parameters, data: await paths.confineData(data) }),
  }
}
