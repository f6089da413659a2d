import type { InspectorSupervisor } from '../inspector-supervisor.ts'
import type { PathGuard } from '../path-guard.ts'
import type { Tasks } from '../tasks.ts'
import type { AreaHandlers } from './handlers.ts'

export interface ModelsParts {
  readonly inspector: InspectorSupervisor
  readonly paths: PathGuard
  readonly tasks: Tasks
}

/** Everything about ONNX files, which another process reads: a damaged one must not take the host with it. */
export function modelsHandlers({ inspector, paths, tasks }: ModelsParts): AreaHandlers<'models'> {
  return {
    'models.open': async ({ path }) => inspector.call('models.open', { path: await paths.confine(path) }),
    'models.filters': async ({ path, layer }) =>
      inspector.call('models.filters', { path: await paths.confine(path), layer }),
    'models.verdict': async ({ path, layer }) =>
      inspector.call('models.verdict', { path: await paths.confine(path), layer }),
    'models.reasons': async ({ path, layer, filter }) =>
      inspector.call('models.reasons', { path: await paths.confine(path), layer, filter }),
    async 'models.advice'({ path, layer, data, preprocessing, classNames, taskId }) {
      return tasks.run(taskId, async (parts) => {
        const wanted = { path: await paths.confine(path), data: await paths.confineData(data), layer, preprocessing }
        const named = { ...wanted, ...(classNames !== undefined && { classNames }) }
        return inspector.call('models.advice', named, parts)
      })
    },
    async 'models.preview'({ path, data, preprocessing, taskId }) {
      return tasks.run(taskId, async (parts) => {
        const wanted = { path: await paths.confine(path), data: await paths.confineData(data), preprocessing }
        return inspector.call('models.preview', wanted, parts)
      })
    },
  }
}
