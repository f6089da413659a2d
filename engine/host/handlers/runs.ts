import type { Picture } from '../../protocol/requests.ts'
import type { FilterFrame } from '../../protocol/runs.ts'
import type { Resized } from '../../protocol/settings.ts'
import type { TrainerCommand } from '../../protocol/trainer.ts'
import type { InspectorSupervisor } from '../inspector-supervisor.ts'
import type { PathGuard } from '../path-guard.ts'
import { RequestError } from '../request-error.ts'
import type { RunSupervisor } from '../run-supervisor.ts'
import type { Tasks } from '../tasks.ts'
import { checkResizing } from './check-resizing.ts'
import type { AreaHandlers } from './handlers.ts'
import { withWidths } from './with-widths.ts'

export interface RunsParts {
  readonly runs: RunSupervisor
  readonly inspector: InspectorSupervisor
  readonly paths: PathGuard
  readonly tasks: Tasks
}

export function runsHandlers({
  runs,
  inspector,
  paths,
  tasks,
}: RunsParts): Omit<AreaHandlers<'runs'>, 'runs.export' | 'runs.exportable'> {
  const tell = (runId: string, command: TrainerCommand) => {
    runs.inTraining(runId).command(command)
    return {}
  }
  const look = async (runId: string, picture: Picture, step: number | undefined) => ({
    runFolder: await runs.pathOf(runId),
    picture: await paths.confinePicture(picture),
    ...(step === undefined ? {} : { step }),
  })
  return {
    'runs.list': () => runs.list(),
    async 'runs.start'({ settings }) {
      if (settings.resized) checkResizing(settings.resized)
      const data = await paths.confineData(settings.data)
      const resized = settings.resized && (await confineResized(paths, settings.resized))
      return { runId: (await runs.start({ ...settings, data, ...(resized !== undefined && { resized }) })).id }
    },
    async 'runs.resize'({ runId, step, layer, kept, added }) {
      const { settings } = await runs.folder(runId)
      const { kernelLayers } = await runs.open(runId)
      const filters = kernelLayers.find(({ name }) => name === layer)?.shape[0]
      if (filters === undefined) {
        throw new RequestError('notFound', `Run ${runId} has no layer "${layer}" with filters.`)
      }
      checkResizing({ layer, filters, kept, added })
      const from = { runId, folder: await runs.pathOf(runId), step }
      const trial = await inspector.call('runs.resizable', { runFolder: from.folder, layer, step, kept, added })
      if (trial.whyNot !== undefined) throw new RequestError('badInput', trial.whyNot)
      const network = withWidths(settings.network, trial.widths)
      return { runId: (await runs.start({ ...settings, network, resized: { from, layer, filters, kept, added } })).id }
    },
    'runs.open': ({ runId }) => runs.open(runId),
    'runs.continue': async ({ runId }) => ({ runId: (await runs.continue(runId)).id }),
    'runs.pause': ({ runId }) => tell(runId, { kind: 'pause' }),
    'runs.resume': ({ runId }) => tell(runId, { kind: 'resume' }),
    'runs.step': ({ runId }) => tell(runId, { kind: 'step' }),
    'runs.stop': ({ runId }) => tell(runId, { kind: 'stop' }),
    'runs.setLearningRate'({ runId, learningRate }) {
      if (runs.inTraining(runId).phase === 'preparing') {
        throw new RequestError(
          'conflict',
          `Run ${runId} is still being prepared; change its learning rate when it trains.`,
        )
      }
      return tell(runId, { kind: 'setLearningRate', learningRate })
    },
    'runs.filters': ({ runId, layer, step }) => keptFilters(runs, inspector, runId, layer, step),
    async 'runs.activations'({ runId, layer, picture, step }) {
      const looked = await look(runId, picture, step)
      return inspector.call('runs.activations', { ...looked, layer })
    },
    async 'runs.verdict'({ runId, layer, step }) {
      return inspector.call('runs.verdict', { runFolder: await runs.pathOf(runId), layer, step })
    },
    async 'runs.reasons'({ runId, layer, step, filter }) {
      return inspector.call('runs.reasons', { runFolder: await runs.pathOf(runId), layer, step, filter })
    },
    async 'runs.advice'({ runId, layer, step, taskId }) {
      return tasks.run(taskId, async (parts) =>
        inspector.call('runs.advice', { runFolder: await runs.pathOf(runId), layer, step }, parts),
      )
    },
    async 'runs.classify'({ runId, picture, step }) {
      return inspector.call('runs.classify', await look(runId, picture, step))
    },
  }
}

async function confineResized(paths: PathGuard, resized: Resized): Promise<Resized> {
  const { from } = resized
  return from === undefined ? resized : { ...resized, from: { ...from, folder: await paths.confine(from.folder) } }
}

/** The kernels of a layer as they were at a kept step. Throws RequestError or RunError. */
async function keptFilters(
  runs: RunSupervisor,
  inspector: InspectorSupervisor,
  runId: string,
  layer: string,
  step: number,
): Promise<FilterFrame> {
  const { kernelLayers } = await runs.open(runId)
  const shape = kernelLayers.find(({ name }) => name === layer)?.shape
  if (shape === undefined) throw new RequestError('notFound', `Run ${runId} has no layer "${layer}" with kernels.`)
  const folder = await runs.folder(runId)
  // How an imported network arranges its kernels follows from its graph, which is not for the host to read.
  if (folder.settings.network.kind === 'model') {
    return inspector.call('runs.filters', { runFolder: folder.path, layer, step })
  }
  const weight = (await folder.readSnapshot(step)).get(`${layer}.weight`)
  if (!(weight?.data instanceof Float32Array)) {
    throw new RequestError('notFound', `Step ${step} of run ${runId} holds no weights of layer "${layer}".`)
  }
  return { layer, step, weights: { dims: shape, data: weight.data } }
}
