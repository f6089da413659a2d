import type { Samples } from '../../datasets/dataset.ts'
import type { GraphFacts } from '../../models/graph-facts.ts'
import type { LayerSaturation } from '../../protocol/advice.ts'
import { randomStream, shuffledIndices } from '../../random/stream.ts'
import type { FilterTrace } from '../../resizing/filter-trace.ts'
import { buildMaskedGraphs } from '../../resizing/masked-graphs.ts'
import type { AblationPlan } from './ablation-plan.ts'
import { type Crossing, LowerNetwork } from './masked-network.ts'
import { PositionSample } from './position-sample.ts'
import type { WidthProgress } from './width-progress.ts'

export interface ReadBatches {
  /** What the layers behind read. */
  readonly batches: readonly Crossing[]
  /** Which of the samples were shown, in the order of the batches. */
  readonly indices: Uint32Array
  readonly saturation: LayerSaturation | undefined
}

/** Shows drawn pictures to the layers up to where the maps of the layer are read. */
export async function readBatches(
  trace: FilterTrace,
  facts: GraphFacts,
  scores: string,
  plan: AblationPlan,
  samples: Samples,
  seed: number,
  progress: WidthProgress,
): Promise<ReadBatches> {
  const lower = await LowerNetwork.create(buildMaskedGraphs(trace, facts, scores, 1), trace.output.name)
  const stream = randomStream(seed, 'positions', trace.output.name)
  const positions = new PositionSample(trace, plan.batches, stream, () => progress.breathe())
  const shown = shuffledIndices(samples.count, randomStream(seed, 'width'))
  const batches: Crossing[] = []
  // A network with a fixed number of pictures may take more than there are: the first ones come again then.
  const indices = Uint32Array.from({ length: plan.batch * plan.batches }, (_, at) => shown[at % shown.length] as number)
  try {
    for (let batch = 0; batch < plan.batches; batch++) {
      await progress.step('Showing pictures to the network', plan.onceCost)
      const part = indices.subarray(batch * plan.batch, (batch + 1) * plan.batch)
      const { crossing, output } = await lower.read(samples, part)
      batches.push(crossing)
      await positions.add(output)
    }
  } finally {
    await lower.release()
  }
  return { batches, indices, saturation: await positions.saturation() }
}
