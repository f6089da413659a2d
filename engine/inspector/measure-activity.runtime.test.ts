import { beforeAll, expect, it } from 'vitest'
import type { Dataset, Samples } from '../datasets/dataset.ts'
import { buildResponseGraph } from '../fine-tuning/response-graph.ts'
import { describeModel } from '../models/describe-model.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { INTERNAL_OPSET, float32Tensor } from '../onnx/graph.ts'
import type { ModelActivity } from '../protocol/activity.ts'
import { randomStream } from '../random/stream.ts'
import { measureActivity } from './measure-activity.ts'

const side = 6
const filters = 5
const pictures = 90
const image = { width: side, height: side, channels: 1 } as const
const stream = randomStream('activity test')
const kernels = Float32Array.from({ length: 9 * filters }, (_, index) => (index < 9 ? -1 : stream.normal()))
/** Pictures of class 1 are brighter. */
const pixels = Array.from({ length: pictures }, (_, picture) =>
  Uint8Array.from({ length: side * side }, () => stream.integer(picture % 3 === 1 ? 256 : 120)),
)
const labels = Uint16Array.from({ length: pictures }, (_, picture) => picture % 3)

const samples: Samples = {
  count: pictures,
  labels,
  pictureBytes: side * side,
  read(indices, target) {
    for (let at = 0; at < indices.length; at++) target.set(pixels[indices[at] as number]!, at * side * side)
    return Promise.resolve()
  },
  readNow: undefined,
  originOf: String,
}
const dataset = {
  summary: { title: 'Test', image, classes: [{ name: 'dim' }, { name: 'bright' }, { name: 'also dim' }] },
  splits: { train: samples },
} as unknown as Dataset

function graph() {
  const builder = new GraphBuilder()
  builder.input({ name: 'image', type: { dataType: 'float32', dims: ['N', 1, side, side] } })
  const weight = builder.initializer('conv.weight', float32Tensor([filters, 1, 3, 3], kernels))
  const conv = builder.op('Conv', ['image', weight], {}, { name: 'conv' })
  builder.op('Relu', [conv], {}, { name: 'maps' })
  builder.output({ name: 'maps', type: { dataType: 'float32', dims: ['N', filters, side - 2, side - 2] } })
  const model = {
    graph: builder.build('m'),
    producerName: '',
    producerVersion: '',
    originalOpset: INTERNAL_OPSET,
    metadata: {},
  }
  const preprocessing = { colourOrder: 'rgb' as const, mean: [0], standardDeviation: [255] }
  return buildResponseGraph(describeModel({ path: 'm.onnx', model, byteLength: 0 }), preprocessing, image)
}

/** The responses of a filter on a picture behind Relu, by the sum itself. */
function responses(filter: number, picture: number): number[] {
  const places = Array.from({ length: (side - 2) ** 2 }, (_, place) => place)
  return places.map((place) => {
    const [y, x] = [Math.floor(place / (side - 2)), place % (side - 2)]
    let sum = 0
    for (let k = 0; k < 9; k++) {
      const pixel = pixels[picture]![(y + Math.floor(k / 3)) * side + x + (k % 3)]!
      sum += (kernels[9 * filter + k]! * pixel) / 255
    }
    return Math.max(0, sum)
  })
}

let activity: ModelActivity
beforeAll(async () => {
  const parts = { onProgress: () => undefined, signal: new AbortController().signal }
  activity = await measureActivity(graph(), dataset, 0, parts)
})

it('counts the share of positions that are not above zero', () => {
  expect(activity).toMatchObject({ pictures, of: pictures, title: 'Test', unmeasured: [] })
  expect(activity.layers).toMatchObject([{ layer: 'conv', activation: 'Relu' }])
  activity.layers[0]!.filters.forEach(({ zeros }, filter) => {
    const all = pixels.flatMap((_, picture) => responses(filter, picture))
    expect(zeros).toBeCloseTo(all.filter((value) => value === 0).length / all.length, 5)
  })
})

it('tells for which class a filter responds most, and by how much', () => {
  const responding = activity.layers[0]!.filters.filter(({ selectivity }) => selectivity !== null)
  expect(responding.length).toBeGreaterThanOrEqual(2)
  expect(activity.layers[0]!.filters[0]!.selectivity, 'its weights are all negative').toBeNull()
  activity.layers[0]!.filters.forEach(({ selectivity }, filter) => {
    const means = [0, 1, 2].map((label) => {
      const all = pixels.flatMap((_, picture) => (labels[picture] === label ? responses(filter, picture) : []))
      return all.reduce((sum, value) => sum + value, 0) / all.length
    })
    const strongest = Math.max(...means)
    if (strongest === 0) {
      expect(selectivity, 'a filter that never responds').toBeNull()
      return
    }
    const rest = (means.reduce((sum, mean) => sum + mean, 0) - strongest) / 2
    expect(selectivity!.value).toBeCloseTo((strongest - rest) / (strongest + rest), 5)
    expect(selectivity!.className).toBe(dataset.summary.classes[means.indexOf(strongest)]!.name)
    if (strongest > 1.5 * rest) expect(selectivity!.p).toBeLessThan(0.01)
  })
})
