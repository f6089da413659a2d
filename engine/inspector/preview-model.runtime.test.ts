import { describe, expect, it } from 'vitest'
import type { Samples } from '../datasets/dataset.ts'
import { FineTuningError } from '../fine-tuning/fine-tuning-error.ts'
import { buildResponseGraph } from '../fine-tuning/response-graph.ts'
import { describeModel } from '../models/describe-model.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { INTERNAL_OPSET, float32Tensor } from '../onnx/graph.ts'
import type { DataProgress } from '../protocol/messages.ts'
import type { TransferPreview } from '../protocol/preview.ts'
import type { CallParts } from './call-parts.ts'
import { previewModel } from './preview-model.ts'

const side = 2
const image = { width: side, height: side, channels: 3 }
const pixelCount = side * side * 3
/** Channel c of every pixel of picture p; its label is p mod 2. */
const pixelOf = (picture: number, channel: number) => (channel === 0 ? 10 * picture : channel === 1 ? 51 : 102)

function pictures(count: number): Samples {
  return {
    count,
    labels: Uint16Array.from({ length: count }, (_, picture) => picture % 2),
    pictureBytes: pixelCount,
    read(indices, target) {
      for (let at = 0; at < indices.length; at++) {
        for (let byte = 0; byte < pixelCount; byte++) {
          target[at * pixelCount + byte] = pixelOf(indices[at] as number, byte % 3)
        }
      }
      return Promise.resolve()
    },
    readNow: undefined,
    originOf: String,
  }
}

/** 1×1 filters of red (as BGR: channel 2), of −red, of nothing with a bias of 2; then one of red − 0.3, linear and summed with another branch. */
function model(batch: number | string, activation = 'Relu') {
  const builder = new GraphBuilder()
  // Names that the graph around the model uses itself.
  builder.input({ name: 'image', type: { dataType: 'float32', dims: [batch, 3, side, side] } })
  const weight = (name: string, dims: readonly number[], values: readonly number[]) =>
    builder.initializer(name, float32Tensor(dims, Float32Array.from(values)))
  const kernels = weight('first.weight', [3, 3, 1, 1], [0, 0, 1, 0, 0, -1, 0, 0, 0])
  const first = builder.op('Conv', ['image', kernels, weight('first.bias', [3], [0, 0, 2])], {}, { name: 'pixels' })
  const active = builder.op(activation, [first], {}, { name: 'image/centred' })
  const second = builder.op(
    'Conv',
    [
      active,
      weight('second.weight', [3, 3, 1, 1], [1, 0, 0, -1, 0, 0, 0, 0, 0]),
      weight('second.bias', [3], [-0.3, 0, 0]),
    ],
    {},
  )
  const sum = builder.op('Relu', [builder.op('Add', [second, active])])
  const flat = builder.op('Flatten', [builder.op('GlobalAveragePool', [sum])])
  builder.op(
    'Gemm',
    [flat, weight('head.weight', [2, 3], [1, 0, 0, 0, 0, 0.2]), weight('head.bias', [2], [0, 0])],
    { transB: 1 },
    { name: 'scores' },
  )
  builder.output({ name: 'scores', type: { dataType: 'float32', dims: [batch, 2] } })
  const read = {
    graph: builder.build('m'),
    producerName: '',
    producerVersion: '',
    originalOpset: INTERNAL_OPSET,
    metadata: {},
  }
  return describeModel({ path: 'm.onnx', model: read, byteLength: 0 })
}

const preprocessing = { colourOrder: 'bgr' as const, mean: [0, 0, 0], standardDeviation: [255, 255, 255] }
const quiet: CallParts = { onProgress: () => undefined, signal: new AbortController().signal }
const preview = (described: ReturnType<typeof model>, count: number, parts = quiet) =>
  previewModel(
    { graph: buildResponseGraph(described, preprocessing, image), image, samples: pictures(count), seed: 0 },
    parts,
  )

function layer({ layers }: TransferPreview, name: string) {
  const found = layers.find((other) => other.layer === name)
  if (found === undefined) throw new Error(`There is no layer ${name}.`)
  return found
}
const close = (values: Float32Array, expected: readonly number[]) => {
  for (const [at, value] of expected.entries()) expect(values[at]).toBeCloseTo(value, 5)
}

describe('a preview of transfer', () => {
  it.each([['any number'], [1], [4]])('measures every filter behind its activation (batch: %s)', async (batch) => {
    // Red is 0, 10, 20, 30, 40 of 255.
    const result = await preview(model(batch), 5)
    expect(result).toMatchObject({ pictures: 5, of: 5, unmeasured: [] })
    const first = layer(result, 'first')
    expect(first.activation).toBe('Relu')
    close(first.pictures, [4 / 5, 0, 1])
    close(first.positions, [4 / 5, 0, 1])
    close(first.mean, [20 / 255, 0, 2])
    close(first.minimum, [0, 0, 2])
    close(first.maximum, [40 / 255, 0, 2])
  })

  it('measures a layer that is summed with another branch by itself, and the scores as they are', async () => {
    const result = await preview(model(2), 5)
    const second = layer(result, 'second')
    expect(second.activation).toBeUndefined()
    close(second.minimum, [-0.3, -40 / 255, 0])
    close(second.maximum, [40 / 255 - 0.3, 0, 0])
    expect(layer(result, 'head').activation).toBeUndefined()
    expect(layer(result, 'head').maximum).toHaveLength(2)
  })

  it('measures before an activation that is above zero everywhere', async () => {
    const first = layer(await preview(model(1, 'Sigmoid'), 3), 'first')
    expect(first.activation).toBeUndefined()
    close(first.minimum, [0, -20 / 255, 2])
  })

  it('tells for which class the model takes each picture', async () => {
    const { predictions } = await preview(model('any'), 5)
    expect([...(predictions?.labels ?? [])]).toEqual([0, 1, 0, 1, 0])
    // The first score is what is red, twice at most 40/255 − 0.3; the second 0.2 · 2.
    expect([...(predictions?.takenFor ?? [])]).toEqual([1, 1, 1, 1, 1])
  })

  it('shows 256 pictures at most, always the same ones, and says how far it is', async () => {
    const heard: DataProgress[] = []
    const [one, other] = [
      await preview(model('any'), 700, { ...quiet, onProgress: (progress) => heard.push(progress) }),
      await preview(model('any'), 700),
    ]
    expect(one.pictures).toBe(256)
    expect(one.layers).toEqual(other.layers)
    expect(heard[0]).toMatchObject({ done: 0, total: 256 })
  })

  it('ends when it is told to', async () => {
    const controller = new AbortController()
    const parts = { onProgress: () => controller.abort(), signal: controller.signal }
    await expect(preview(model(1), 5, parts)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('says what does not fit', () => {
    const build = () => buildResponseGraph(model(1), preprocessing, { ...image, width: 9 })
    expect(build).toThrow(FineTuningError)
    expect(build).toThrow('m takes 3×2×2, but the pictures are 3×2×9; set the size of the pictures to what it takes.')
  })
})
