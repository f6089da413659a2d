import { createBatchSource } from '../../engine/datasets/batches.ts'
import type { Dataset, Samples } from '../../engine/datasets/dataset.ts'
import type { LayerJudge } from '../../engine/inspector/layer-judge.ts'
import { adviseWidth } from '../../engine/inspector/width/advise-width.ts'
import { subjectOfRun } from '../../engine/inspector/width/network-subject.ts'
import { buildLayersNetwork } from '../../engine/networks/layers-network.ts'
import { buildTrainingOfRun } from '../../engine/networks/training-of-run.ts'
import { findPreset } from '../../engine/architectures/presets/presets.ts'
import type { Graph, Tensor } from '../../engine/onnx/graph.ts'
import type { WidthAdvice } from '../../engine/protocol/advice.ts'
import type { Architecture } from '../../engine/protocol/architecture.ts'
import { trainingSettingsSchema } from '../../engine/protocol/settings.ts'
import { Evaluator } from '../../engine/trainer/evaluator.ts'
import { createStepRunner } from '../../engine/networks/step-runner.ts'

export interface WidthRun {
  readonly width: number
  readonly seed: number
  /** Of the test pictures. */
  readonly accuracy: number
  readonly advice: WidthAdvice
}

const STEPS_AT_ONCE = 25

/** LeNet-5 with so many filters in its first layer. */
function lenetOf(width: number): Architecture {
  const { architecture } = findPreset('lenet5')!
  const layers = architecture.layers.map((layer) =>
    layer.name === 'conv1' && layer.kind === 'conv' ? { ...layer, filters: width } : layer,
  )
  return { name: `lenet5 with ${width}`, layers }
}

/** Trains for a fixed number of steps, tests, and asks for advice about the first layer. */
export async function trainAndAdvise(
  dataset: Dataset,
  width: number,
  seed: number,
  steps: number,
  judge: LayerJudge,
): Promise<WidthRun> {
  const { summary, splits } = dataset
  const settings = trainingSettingsSchema.parse({ optimizer: { kind: 'adam' }, schedule: { kind: 'constant' }, seed })
  const network = buildLayersNetwork(lenetOf(width), settings, summary)
  const { step, weights, batchSize, stepsPerEpoch } = buildTrainingOfRun(network, settings, summary)
  const runner = await createStepRunner(step, 'cpu', 1, new Map())
  const batches = createBatchSource(splits.train, { batchSize, stepsPerEpoch, seed })
  let state: ReadonlyMap<string, Tensor>
  try {
    for (let done = 0; done < steps; done += STEPS_AT_ONCE) {
      await runner.run(await batches.take(done, STEPS_AT_ONCE), settings.learningRate)
    }
    state = new Map(await runner.state(weights))
  } finally {
    await runner.release()
  }
  const accuracy = await testAccuracy(network.graph, weights, dataset, state)
  const initializers = new Map([...network.graph.initializers].map(([name, birth]) => [name, state.get(name) ?? birth]))
  const conv1 = initializers.get('conv1.weight')!
  const { judgement } = await judge.judge({ shape: [width, 1, 5, 5], values: conv1.data as Float32Array })
  const classes = summary.classes.map(({ name }) => name)
  const subject = subjectOfRun({ ...network.graph, initializers }, 'conv1', classes)
  const parts = { onProgress: () => undefined, signal: new AbortController().signal }
  const samples: Samples = splits.validation
  const advice = await adviseWidth(
    { network: subject, layer: 'conv1', step: steps, judgement, samples, classes, seed },
    parts,
  )
  return { width, seed, accuracy, advice }
}

async function testAccuracy(
  graph: Graph,
  weights: readonly string[],
  { summary, splits }: Dataset,
  state: ReadonlyMap<string, Tensor>,
): Promise<number> {
  const { width, height, channels } = summary.image
  const dims = [height, width, channels] as const
  const evaluator = await Evaluator.create(graph, weights, dims, summary.classes.length, 'crossEntropy', 1)
  try {
    return (await evaluator.evaluate(splits.test, state, () => Promise.resolve())).accuracy
  } finally {
    await evaluator.release()
  }
}
