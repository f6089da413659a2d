import type { Tensor } from '../onnx/graph.ts'
import type { DataSummary } from '../protocol/data.ts'
import type { OpenedRun } from '../protocol/runs.ts'
import { RunError } from '../runs/run-error.ts'
import type { Checkpoint, RunFolder } from '../runs/run-folder.ts'
import type { StateTensor } from '../training/optimizer.ts'
import { stepCounterName } from '../training/training-step.ts'

const learningRateName = 'control/learning-rate'

/** What a run needs to go on: its state, and the learning rate where it stands now. */
export function checkpointTensors(state: ReadonlyMap<string, Tensor>, learningRate: number): Map<string, Tensor> {
  return new Map([
    ...state,
    [learningRateName, { dataType: 'float64', dims: [], data: Float64Array.of(learningRate) } as const],
  ])
}

/** The newest checkpoint of a run. Throws RunError where there is none. */
export async function readCheckpoint(folder: RunFolder): Promise<Checkpoint> {
  const checkpoint = await folder.newestCheckpoint()
  if (checkpoint !== undefined) return checkpoint
  throw new RunError(`${folder.path} holds no checkpoint to go on from; start the run again with the same settings.`)
}

/** Throws RunError where a checkpoint has no learning rate. */
export function keptLearningRate(checkpoint: Checkpoint): number {
  const data = checkpoint.tensors.get(learningRateName)?.data
  const learningRate = data instanceof Float64Array || data instanceof Float32Array ? data[0] : undefined
  if (learningRate !== undefined) return learningRate
  throw new RunError(
    `The checkpoint of step ${checkpoint.step} holds no learning rate, so the run cannot go on from it.`,
  )
}

/**
 * Throws RunError where the checkpoint is of another network or another optimiser than the settings name, or of another
 * step than its file says.
 */
export function requireState(checkpoint: Checkpoint, state: readonly StateTensor[]): void {
  const counted = checkpoint.tensors.get(stepCounterName)?.data
  if (counted instanceof BigInt64Array && Number(counted[0]) !== checkpoint.step) {
    throw new RunError(
      `The checkpoint whose file is of step ${checkpoint.step} holds step ${counted[0]}, so the run cannot go on from it; give the file its own name again.`,
    )
  }
  for (const { name, initial } of state) {
    const found = checkpoint.tensors.get(name)
    if (found?.dataType === initial.dataType && found.dims.join() === initial.dims.join()) continue
    const has = found === undefined ? 'does not hold it' : `holds it as ${found.dataType} [${found.dims.join(', ')}]`
    throw new RunError(
      `The run needs "${name}" as ${initial.dataType} [${initial.dims.join(', ')}], but the checkpoint of step ${checkpoint.step} ${has}; it was written with other settings, so start a new run.`,
    )
  }
}

/**
 * Throws RunError where the data is not what it was when the run began: the splits would be drawn anew,
 * and pictures that were trained on would test the network.
 */
export function requireSameData(begun: OpenedRun | undefined, now: DataSummary): void {
  const change = begun && firstChange(begun.data, now)
  if (change === undefined) return
  throw new RunError(
    `The data of the run is not what it was when the run began: ${change}; bring it back as it was, or start a new run.`,
  )
}

function firstChange(then: DataSummary, now: DataSummary): string | undefined {
  // Earlier versions knew classes by their numbers that have names now.
  const isRenamed = then.classNamesFrom === undefined && now.classNamesFrom?.kind === 'known'
  const describe: readonly ((data: DataSummary) => string)[] = [
    ({ classes }) => `${classes.length} classes${isRenamed ? '' : ` (${classes.map(({ name }) => name).join(', ')})`}`,
    ({ image }) => `images of ${image.width}×${image.height}×${image.channels}`,
    ({ counts }) => `${counts.train} training, ${counts.validation} validation and ${counts.test} test images`,
  ]
  const changed = describe.find((words) => words(then) !== words(now))
  return changed && `it had ${changed(then)}, and now has ${changed(now)}`
}
