import { describe, expect, it } from 'vitest'
import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules } from '../../engine/autodiff/registry.ts'
import { float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { type LossKind, emitLoss } from '../../engine/training/loss.ts'
import { readGolden } from './goldens/read-golden.ts'
import { runOnCpu } from './run-on-cpu.ts'

const logits = [
  [1.5, -0.5, 0.25],
  [0, 2, -1],
  [-3, 0.5, 0.75],
  [40, -40, 0],
] as const
const labels = [0, 2, 2, 1]
const [samples, classes] = [logits.length, 3]

interface Question {
  readonly logits: readonly number[]
  readonly labels: readonly number[]
  readonly classes: number
  readonly classWeights?: readonly number[]
  readonly mixed?: { readonly labels: readonly number[]; readonly shares: readonly number[] }
}
const usual: Question = { logits: logits.flat(), labels, classes }

async function compute(kind: LossKind, asked = usual) {
  const dims = [asked.labels.length, asked.classes]
  const builder = new GraphBuilder()
  builder.input({ name: 'logits', type: { dataType: 'float32', dims } })
  builder.input({ name: 'labels', type: { dataType: 'int64', dims: [asked.labels.length] } })
  if (asked.mixed) {
    builder.input({ name: 'others', type: { dataType: 'int64', dims: [asked.labels.length] } })
    builder.input({ name: 'shares', type: { dataType: 'float32', dims: [asked.labels.length] } })
  }
  const { loss, correct } = emitLoss(builder, kind, 'logits', 'labels', asked.classes, {
    classWeights: asked.classWeights,
    mixed: asked.mixed && { labels: 'others', shares: 'shares' },
  })
  for (const name of [loss, correct]) builder.output({ name, type: { dataType: 'float32', dims: [] } })
  const { graph, gradients } = differentiate(builder.build('loss'), loss, ['logits'], rules)
  const gradient = gradients.get('logits') as string
  const outputs = [...graph.outputs, { name: gradient, type: { dataType: 'float32', dims } } as const]
  const results = await runOnCpu(
    { ...graph, outputs },
    {
      logits: float32Tensor(dims, Float32Array.from(asked.logits)),
      labels: int64Tensor([asked.labels.length], asked.labels),
      ...(asked.mixed && {
        others: int64Tensor([asked.labels.length], asked.mixed.labels),
        shares: float32Tensor([asked.labels.length], Float32Array.from(asked.mixed.shares)),
      }),
    },
  )
  const numbers = (name: string) => [...(results[name]?.data as Float32Array)]
  return { loss: numbers(loss)[0], correct: numbers(correct)[0], gradient: numbers(gradient) }
}

const target = (sample: number, index: number) => (labels[sample] === index ? 1 : 0)

describe('emitLoss', () => {
  it('counts the samples whose largest logit is at their label', async () => {
    for (const kind of ['crossEntropy', 'meanSquaredError'] as const) expect((await compute(kind)).correct).toBe(2)
  })

  it('gives −mean(log softmax at the label) and (softmax − target) / N, also for logits far apart', async () => {
    const softmax = logits.map((row) => {
      const exponentials = row.map((value) => Math.exp(value - Math.max(...row)))
      const sum = exponentials.reduce((total, value) => total + value)
      return exponentials.map((value) => value / sum)
    })
    const { loss, gradient } = await compute('crossEntropy')
    const expected = softmax.map((row, sample) => -Math.log(row[labels[sample] as number] as number))
    expect(loss).toBeCloseTo(expected.reduce((sum, value) => sum + value) / samples, 5)
    softmax.flat().forEach((probability, index) => {
      const wanted = (probability - target(Math.floor(index / classes), index % classes)) / samples
      expect(gradient[index]).toBeCloseTo(wanted, 6)
    })
  })

  it('gives the mean over samples and classes of (logit − target)², and 2 (logit − target) / (N · classes)', async () => {
    const { loss, gradient } = await compute('meanSquaredError')
    const differences = logits.flatMap((row, sample) => row.map((value, index) => value - target(sample, index)))
    const squares = differences.reduce((sum, value) => sum + value * value, 0)
    expect(loss).toBeCloseTo(squares / (samples * classes), 3)
    differences.forEach((difference, index) => {
      expect(gradient[index]).toBeCloseTo((2 * difference) / (samples * classes), 5)
    })
  })
})

interface WeightedLosses {
  readonly classes: number
  readonly logits: readonly number[]
  readonly labels: readonly number[]
  readonly otherLabels: readonly number[]
  readonly shares: readonly number[]
  readonly classWeights: readonly number[]
  readonly cases: readonly {
    readonly kind: LossKind
    readonly variant: 'weighted' | 'mixed' | 'evenlyMixedAndWeighted'
    readonly loss: number
    readonly gradient: readonly number[]
  }[]
}

describe('emitLoss with weighted classes and mixed labels, against PyTorch', () => {
  const golden = readGolden<WeightedLosses>('weighted-losses.json')
  it.each(golden.cases)('$kind, $variant', async ({ kind, variant, loss, gradient }) => {
    const { classWeights, otherLabels, shares, ...given } = golden
    const even = golden.labels.map(() => 0.625)
    const found = await compute(kind, {
      ...given,
      ...(variant !== 'mixed' && { classWeights }),
      ...(variant === 'mixed' && { mixed: { labels: otherLabels, shares } }),
      ...(variant === 'evenlyMixedAndWeighted' && { mixed: { labels: otherLabels, shares: even } }),
    })
    expect(found.loss).toBeCloseTo(loss, 5)
    expect(found.gradient).toHaveLength(gradient.length)
    for (const [index, expected] of gradient.entries()) expect(found.gradient[index]).toBeCloseTo(expected, 6)
  })

  it('gives the usual loss where all classes weigh the same', async () => {
    for (const kind of ['crossEntropy', 'meanSquaredError'] as const) {
      const [plain, weighted] = [await compute(kind), await compute(kind, { ...usual, classWeights: [2, 2, 2] })]
      expect(weighted.loss).toBeCloseTo(plain.loss as number, 4)
      for (const [index, value] of plain.gradient.entries()) expect(weighted.gradient[index]).toBeCloseTo(value, 6)
    }
  })
})
