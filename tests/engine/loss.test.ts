import { describe, expect, it } from 'vitest'
import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules } from '../../engine/autodiff/registry.ts'
import { float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { type LossKind, emitLoss } from '../../engine/training/loss.ts'
import { runOnCpu } from './run-on-cpu.ts'

const logits = [
  [1.5, -0.5, 0.25],
  [0, 2, -1],
  [-3, 0.5, 0.75],
  [40, -40, 0],
] as const
const labels = [0, 2, 2, 1]
const [samples, classes] = [logits.length, 3]

async function compute(kind: LossKind) {
  const builder = new GraphBuilder()
  builder.input({ name: 'logits', type: { dataType: 'float32', dims: [samples, classes] } })
  builder.input({ name: 'labels', type: { dataType: 'int64', dims: [samples] } })
  const { loss, correct } = emitLoss(builder, kind, 'logits', 'labels', classes)
  for (const name of [loss, correct]) builder.output({ name, type: { dataType: 'float32', dims: [] } })
  const { graph, gradients } = differentiate(builder.build('loss'), loss, ['logits'], rules)
  const gradient = gradients.get('logits') as string
  const outputs = [
    ...graph.outputs,
    { name: gradient, type: { dataType: 'float32', dims: [samples, classes] } } as const,
  ]
  const results = await runOnCpu(
    { ...graph, outputs },
    {
      logits: float32Tensor([samples, classes], Float32Array.from(logits.flat())),
      labels: int64Tensor([samples], labels),
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
