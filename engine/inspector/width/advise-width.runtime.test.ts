import { expect, it } from 'vitest'
import type { Samples } from '../../datasets/dataset.ts'
import { gatherFacts } from '../../models/graph-facts.ts'
import { findKernelLayers } from '../../models/kernel-layers.ts'
import { GraphBuilder } from '../../onnx/graph-builder.ts'
import { type Graph, float32Tensor } from '../../onnx/graph.ts'
import type { WidthAdvice } from '../../protocol/advice.ts'
import type { FilterVerdictName, LayerJudgement } from '../../protocol/verdicts.ts'
import { randomStream } from '../../random/stream.ts'
import { traceFilters } from '../../resizing/filter-trace.ts'
import { adviseWidth } from './advise-width.ts'
import { taylorOf } from './filter-uses.ts'
import { MaskedNetwork } from './masked-network.ts'
import { subjectOfRun, withBatch } from './network-subject.ts'

const FILTERS = 8
const [BRIGHT_LEFT, BRIGHT_RIGHT] = [2, 5]

/** Pictures of 4×4, each brighter in one half: the left one of class 0. */
function halves(count: number): Samples {
  const stream = randomStream(7, 'halves')
  const labels = Uint16Array.from({ length: count }, () => stream.integer(2))
  const pictures = Array.from(labels, (label) =>
    Uint8Array.from({ length: 16 }, (_, pixel) => (pixel % 4 < 2 === (label === 0) ? 150 : 50) + stream.integer(40)),
  )
  const readNow = (indices: ArrayLike<number>, target: Uint8Array) => {
    Array.from(indices).forEach((index, at) => target.set(pictures[index]!, 16 * at))
  }
  return {
    count,
    labels,
    pictureBytes: 16,
    readNow,
    read: (indices, target) => Promise.resolve(readNow(indices, target)),
    originOf: (index) => `#${index}`,
  }
}

/** Two of its eight filters are read: one sums up the left half and one the right. The others are the larger ones. */
function network(): Graph {
  const stream = randomStream(8, 'network')
  const kernels = Float32Array.from({ length: FILTERS * 16 }, () => 0.1 * stream.normal())
  for (let pixel = 0; pixel < 16; pixel++) {
    kernels[BRIGHT_LEFT * 16 + pixel] = pixel % 4 < 2 ? 0.01 : 0
    kernels[BRIGHT_RIGHT * 16 + pixel] = pixel % 4 < 2 ? 0 : 0.01
  }
  const readers = new Float32Array(2 * FILTERS)
  readers[BRIGHT_LEFT] = 1
  readers[FILTERS + BRIGHT_RIGHT] = 1
  const builder = new GraphBuilder()
  builder.input({ name: 'image', type: { dataType: 'float32', dims: ['batch', 1, 4, 4] } })
  const weight = builder.initializer('conv1.weight', float32Tensor([FILTERS, 1, 4, 4], kernels))
  builder.op('Conv', ['image', weight], {}, { name: 'conv1' })
  const flat = builder.op('Flatten', [builder.op('Relu', ['conv1'])], { axis: 1 })
  const rows = builder.initializer('fc1.weight', float32Tensor([2, FILTERS], readers))
  builder.op('Gemm', [flat, rows], { transB: 1 }, { name: 'logits' })
  builder.output({ name: 'logits', type: { dataType: 'float32', dims: ['batch', 2] } })
  return builder.build('halves')
}

const halfNames = ['left', 'right']

function judged(names: readonly FilterVerdictName[]): LayerJudgement {
  return {
    verdict: 'structured',
    p: 0.001,
    pi0: { estimate: 0.25, low: 0.1, high: 0.5 },
    effectiveRank: 5,
    diversity: 0.8,
    isOrthogonal: false,
    measures: [],
    filters: names.map((verdict, index) => ({ index, verdict, p: verdict === 'dead' ? null : 0.2, q: null })),
  }
}

const structured = Array.from({ length: FILTERS }, () => 'structured' as const)

function advise(
  samples: Samples,
  layer = 'conv1',
  classes: readonly string[] = halfNames,
  signal = new AbortController().signal,
): Promise<WidthAdvice> {
  const subject = subjectOfRun(network(), layer, halfNames)
  const judgement = judged(['dead', 'duplicate', ...structured.slice(2)])
  const parts = { onProgress: () => undefined, signal }
  return adviseWidth({ network: subject, layer, step: 9, judgement, samples, classes, seed: 1 }, parts)
}

it('finds the two filters that are read, by what the loss says and not by their size', async () => {
  const advice = await advise(halves(230))
  expect(advice).toMatchObject({ layer: 'conv1', step: 9, filters: 8, verdict: 'tooMany', dead: 1, copies: 1 })
  expect(advice.random).toEqual({ estimate: 1.75, low: 0.7000000000000001, high: 3.5 })
  const curve = (order: string) => advice.ablation!.curves.find((one) => one.order === order)!
  for (const order of ['taylor', 'greedy']) {
    expect(new Set(curve(order).ranking.slice(0, 2))).toEqual(new Set([BRIGHT_LEFT, BRIGHT_RIGHT]))
    expect(curve(order).knee.kept).toBe(2)
  }
  expect(curve('norm').ranking.slice(-2).sort()).toEqual([BRIGHT_LEFT, BRIGHT_RIGHT])
  expect(curve('norm').knee.kept).toBe(8)
  expect(advice.ablation).toMatchObject({ measure: 'accuracy', accuracy: 1, pictures: 228 })
  expect(advice.suggested).toBe(2)
})

it('measures agreement with the network itself where its classes are not those of the data', async () => {
  for (const classes of [
    ['a', 'b', 'c'],
    ['x', 'o'],
  ]) {
    const { ablation } = await advise(halves(100), 'conv1', classes)
    expect(ablation).toMatchObject({ measure: 'agreement', accuracy: 1 })
  }
})

it('takes the classes of the data by their names, in whatever order they stand', async () => {
  const { ablation } = await advise(halves(100), 'conv1', ['right', 'left'])
  expect(ablation).toMatchObject({ measure: 'accuracy', accuracy: 0 })
})

it('says that a file needs the filters whose maps it gives as well, though the scores would not', async () => {
  const graph = network()
  const maps = { name: 'Relu', type: { dataType: 'float32', dims: ['batch', FILTERS, 1, 1] } } as const
  const facts = gatherFacts({ ...graph, outputs: [...graph.outputs, maps] })
  const whole = { facts, layer: findKernelLayers(facts)[0] }
  const judgement = judged(structured)
  const subject = { network: subjectOfRun(graph, 'conv1', halfNames), layer: 'conv1', step: 0, judgement, seed: 1 }
  const parts = { onProgress: () => undefined, signal: new AbortController().signal }
  const advice = await adviseWidth({ ...subject, samples: halves(40), classes: halfNames, whole }, parts)
  expect(advice.ablation).toBeDefined()
  expect(advice.whyNotResizable).toContain("themselves the output 'Relu'")
})

it('ranks by gradients only where each picture can have a mask of its own', async () => {
  const builder = new GraphBuilder()
  builder.input({ name: 'pixels', type: { dataType: 'float32', dims: [5, 1, 2, 2] } })
  const weight = builder.initializer('w', float32Tensor([3, 1, 2, 2], new Float32Array(12).fill(0.1)))
  const maps = builder.op('Flatten', [builder.op('Conv', ['pixels', weight], {}, { name: 'conv' })], { axis: 1 })
  const turned = builder.op('Softmax', [builder.op('Transpose', [maps], { perm: [1, 0] })], { axis: 0 })
  builder.op('Transpose', [turned], { perm: [1, 0] }, { name: 'logits' })
  builder.output({ name: 'logits', type: { dataType: 'float32', dims: [5, 3] } })
  const facts = gatherFacts(builder.build('turned'))
  const trace = traceFilters(findKernelLayers(facts)[0]!, facts)
  const scores = { name: 'logits', classes: 3 }
  const answer = await taylorOf(trace, facts, scores, [{}], new Uint16Array(5), () => Promise.resolve())
  expect(answer).toBe('The maps of one picture are read together with those of others.')
})

it('says why the scores themselves are not measured, and that validation pictures are missing', async () => {
  const scores = await advise(halves(20), 'logits')
  expect(scores).toMatchObject({ verdict: 'unknown', reasons: [{ id: 'notMeasured' }] })
  expect(scores.ablation).toBeUndefined()
  const none = await advise(halves(0))
  expect(none.reasons).toMatchObject([{ id: 'notMeasured', why: expect.stringContaining('no validation pictures') }])
})

it('can be ended while it ranks the filters by gradients', async () => {
  const subject = subjectOfRun(network(), 'conv1', halfNames)
  const { facts, layer } = withBatch(subject, 50)
  const trace = traceFilters(layer, facts)
  const read = float32Tensor([50, FILTERS], new Float32Array(50 * FILTERS).fill(1))
  let breaths = 0
  const breathe = () => {
    breaths++
    return breaths === 2 ? Promise.reject(new Error('enough')) : Promise.resolve()
  }
  const name = trace.readers[0]?.value.name ?? ''
  const batches = Array.from({ length: 4 }, () => ({ [name]: read }))
  const labels = new Uint16Array(200)
  await expect(taylorOf(trace, facts, { name: 'logits', classes: 2 }, batches, labels, breathe)).rejects.toThrow(
    'enough',
  )
  expect(breaths).toBe(2)
})

it('can be ended between two batches of one look', async () => {
  const { facts, layer } = withBatch(subjectOfRun(network(), 'conv1', halfNames), 50)
  const trace = traceFilters(layer, facts)
  const name = trace.readers[0]?.value.name ?? ''
  const read = float32Tensor([50, FILTERS], new Float32Array(50 * FILTERS).fill(1))
  const batches = Array.from({ length: 4 }, () => ({ [name]: read }))
  const masked = await MaskedNetwork.create(trace, facts, 'logits', batches)
  let breaths = 0
  const breathe = () => (++breaths === 3 ? Promise.reject(new Error('enough')) : Promise.resolve())
  await expect(masked.answer([1, 2], new Uint16Array(200), breathe)).rejects.toThrow('enough')
  expect(breaths).toBe(3)
  await masked.release()
})

it('says how far the greedy order was looked for', async () => {
  const { ablation } = await advise(halves(230))
  expect(ablation?.greedy).toEqual({ from: 8, first: 'taylor', pictures: 228 })
})

it('can be ended', async () => {
  const controller = new AbortController()
  controller.abort()
  await expect(advise(halves(100), 'conv1', halfNames, controller.signal)).rejects.toMatchObject({ code: 'cancelled' })
})
