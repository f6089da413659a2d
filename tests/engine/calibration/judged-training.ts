import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LayerWeights } from '../../../engine/filters/measures/layer-weights.ts'
import { LayerJudge } from '../../../engine/inspector/layer-judge.ts'
import { RunNetwork } from '../../../engine/inspector/run-network.ts'
import { RunVerdicts } from '../../../engine/inspector/run-verdicts.ts'
import type { RunLogEntry } from '../../../engine/protocol/runs.ts'
import { type RunSettingsInput, runSettingsSchema } from '../../../engine/protocol/settings.ts'
import { dueLooks } from '../../../engine/protocol/verdict-history.ts'
import { type FilterVerdictName, type VerdictLook, VERDICT_LETTERS } from '../../../engine/protocol/verdicts.ts'
import { RunFolder } from '../../../engine/runs/run-folder.ts'
import { Journal } from '../../../engine/trainer/journal.ts'
import { RunControl } from '../../../engine/trainer/run-control.ts'
import { startTrainer } from '../../../engine/trainer/start-trainer.ts'

/** A run trained to its end, and all looks at its filters as a window would have followed them. */
export interface JudgedTraining {
  readonly looks: readonly VerdictLook[]
  readonly weightsAtBirth: (layer: string) => LayerWeights
  /** Of the last step. */
  readonly weightsOf: (layer: string) => LayerWeights
  readonly testAccuracy: number
}

/** Trains with the parts that the trainer process runs, and looks at the kept steps with those of the inspector. */
export async function trainAndJudge(settings: RunSettingsInput, judge = new LayerJudge()): Promise<JudgedTraining> {
  const parent = await mkdtemp(join(tmpdir(), 'judged-training-'))
  try {
    const path = join(parent, 'run')
    const folder = await RunFolder.create(path, 'run', runSettingsSchema.parse(settings), '0.0.0')
    const entries: RunLogEntry[] = []
    const journal = await Journal.open(folder, (entry) => entries.push(entry))
    await (await startTrainer(folder, false, new RunControl(), journal, () => undefined)).run()
    await journal.close()
    const last = entries.at(-1)
    if (last?.kind !== 'finished') throw new Error(`The training ended with ${JSON.stringify(last)}.`)
    const network = await RunNetwork.open(path)
    const verdicts = new RunVerdicts(judge)
    const kept = await folder.snapshotSteps()
    const looks: VerdictLook[] = []
    for (const step of dueLooks(kept, undefined, true)) looks.push(await verdicts.look(network, step))
    const [atBirth, atEnd] = [await allKernels(network, 0), await allKernels(network, kept.at(-1) as number)]
    await network.release()
    return {
      looks,
      weightsAtBirth: (layer) => atBirth.get(layer) as LayerWeights,
      weightsOf: (layer) => atEnd.get(layer) as LayerWeights,
      testAccuracy: last.testAccuracy ?? Number.NaN,
    }
  } finally {
    await rm(parent, { recursive: true })
  }
}

async function allKernels(network: RunNetwork, step: number): Promise<Map<string, LayerWeights>> {
  const weights = new Map<string, LayerWeights>()
  for (const layer of network.kernelLayers) {
    const { dims, data } = await network.kernels(layer, step)
    weights.set(layer, { shape: dims as unknown as LayerWeights['shape'], values: data })
  }
  return weights
}

/** For every filter of a layer whether a look calls it structured, or any other name. */
export function structuredIn(
  look: VerdictLook | undefined,
  layer: string,
  name: FilterVerdictName = 'structured',
): boolean[] {
  const letters = look?.layers.find(({ name }) => name === layer)?.filters ?? ''
  return [...letters].map((letter) => letter === VERDICT_LETTERS[name])
}
