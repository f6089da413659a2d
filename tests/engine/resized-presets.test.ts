import { describe, expect, it } from 'vitest'
import { presets } from '../../engine/architectures/presets/presets.ts'
import { scaleWidth } from '../../engine/architectures/scale-width.ts'
import { openDataset } from '../../engine/datasets/open-dataset.ts'
import { withWidths } from '../../engine/host/handlers/with-widths.ts'
import { subjectOfRun } from '../../engine/inspector/width/network-subject.ts'
import { tryResizing } from '../../engine/inspector/width/try-resizing.ts'
import { buildLayersNetwork } from '../../engine/networks/layers-network.ts'
import type { Graph } from '../../engine/onnx/graph.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { type Architecture, architectureSchema } from '../../engine/protocol/architecture.ts'
import { runSettingsSchema } from '../../engine/protocol/settings.ts'
import type { NewFilters } from '../../engine/resizing/resize-filters.ts'
import { resizeModel } from '../../engine/trainer/resize-model.ts'
import { ResizedNetwork, relativeDifference } from './resized-network.ts'

/** The smallest pictures that reach the end of those that halve them often. */
const sides: Readonly<Record<string, number>> = {
  ...{ mlp: 28, lenet5: 28, alexnet: 67, vgg11: 32, 'resnet20-cifar': 32 },
  'googlenet-heads': 80,
}

const depthwise = architectureSchema.parse({
  name: 'depthwise',
  layers: [
    { kind: 'conv', name: 'conv1', filters: 6, kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
    { kind: 'batchNorm', name: 'bn1' },
    { kind: 'conv', name: 'deep', filters: 12, groups: 6, kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
    { kind: 'relu', name: 'relu1' },
    { kind: 'conv', name: 'conv2', filters: 4, kernel: [1, 1], stride: [1, 1], padding: [0, 0] },
    { kind: 'globalAveragePool', name: 'pool' },
    { kind: 'fullyConnected', name: 'fc', units: 'classes' },
  ],
})

async function prepared(architecture: Architecture, channels: number) {
  const side = sides[architecture.name] ?? 64
  const image = { width: side, height: side, channels, fit: 'stretch' }
  const settings = runSettingsSchema.parse({
    data: { source: { kind: 'xo', options: { count: 60 } }, image },
    network: { kind: 'layers', architecture },
    training: { batchSize: 16, optimizer: { kind: 'adam' }, schedule: { kind: 'constant' } },
  })
  const dataset = await openDataset(settings.data)
  const { summary } = dataset
  await dataset.close()
  return { settings, summary, graph: buildLayersNetwork(architecture, settings.training, summary).graph }
}

/** As a run does that begins with other filters; the sentence where it does not. */
async function begun(
  { settings, summary, graph }: Awaited<ReturnType<typeof prepared>>,
  layer: string,
  filters: number,
  { kept, added }: NewFilters,
): Promise<Graph | string> {
  const trial = tryResizing(subjectOfRun(graph, layer, ['x', 'o']), { kept, added })
  if (trial.whyNot !== undefined) return trial.whyNot
  const wish = { layer, filters, kept: [...kept], added }
  const source = resizeModel(writeModel({ graph }), wish, settings.training)
  const network = withWidths(settings.network, trial.widths)
  if (network.kind !== 'layers') throw new Error('The settings name no layers.')
  return buildLayersNetwork(network.architecture, settings.training, summary, source).graph
}

const tried: readonly { name: string; architecture: Architecture; channels: number }[] = [
  { name: depthwise.name, architecture: depthwise, channels: 1 },
  ...presets.map(({ architecture, input }) => {
    const scaled = architecture.name === 'small' || architecture.name === 'lenet5' ? 1 : 1 / 8
    return { name: architecture.name, architecture: scaleWidth(architecture, scaled), channels: input.channels }
  }),
]

describe('a run begins with other filters in a network to start from', () => {
  it.each(tried)('$name', { timeout: 120_000 }, async ({ architecture, channels }) => {
    const run = await prepared(architecture, channels)
    const network = new ResizedNetwork(readModel(writeModel({ graph: run.graph })).graph)
    const whole = await network.whole()
    const possible: string[] = []
    for (const layer of network.layers) {
      const name = layer.node.outputs[0] ?? ''
      const [filters] = layer.shape
      const trial = tryResizing(subjectOfRun(run.graph, name, ['x', 'o']), { kept: [], added: filters + 1 })
      if (trial.whyNot === undefined) possible.push(name)
      else expect(trial.whyNot).toMatch(/^[A-Z'].*[a-z)\]]\.$/)
    }
    expect(possible.length).toBeGreaterThan(0)
    for (const at of new Set([0, Math.floor(possible.length / 2), possible.length - 1])) {
      const layer = network.layers.find(({ node }) => node.outputs[0] === possible[at])!
      const [filters] = layer.shape
      const all = Array.from({ length: filters }, (_, filter) => filter)
      const kept = all.filter((filter) => filter % 3 !== 1)
      const shrunk = await begun(run, possible[at]!, filters, { kept, added: 0 })
      if (typeof shrunk === 'string') throw new Error(shrunk)
      expect(relativeDifference(await network.masked(layer, kept), await network.whole(shrunk))).toBeLessThan(1e-5)
      const grown = await begun(run, possible[at]!, filters, { kept: all, added: 3 })
      if (typeof grown === 'string') throw new Error(grown)
      expect(relativeDifference(whole, await network.whole(grown))).toBeLessThan(1e-5)
    }
  })
})
