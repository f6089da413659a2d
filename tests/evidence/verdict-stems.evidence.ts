import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NullLibrary } from '../../engine/filters/nulls/null-library.ts'
import { judgeLayer } from '../../engine/filters/verdicts/judge-layer.ts'
import type { Architecture, Layer } from '../../engine/protocol/architecture.ts'
import { structuredIn, trainAndJudge } from '../engine/calibration/judged-training.ts'
import { shuffledWithinSlices } from '../engine/calibration/model-layers.ts'

const cifar = resolve(import.meta.dirname, '../../../shared/data/cifar-10-batches-bin')

function conv(name: string, filters: number, kernel: number, stride: number): Layer {
  const pad = Math.floor(kernel / 2)
  return { kind: 'conv', name, filters, kernel: [kernel, kernel], stride: [stride, stride], padding: [pad, pad] }
}

const pool = (name: string): Layer => ({ kind: 'maxPool', name, kernel: [2, 2], stride: [2, 2], padding: [0, 0] })

/** A stem of large kernels with a stride, as AlexNet has it, then two convolutions and the classes. */
function withStem(filters: number, kernel: number): Architecture {
  return {
    name: `stem${kernel}`,
    layers: [
      conv('conv1', filters, kernel, 2),
      { kind: 'relu', name: 'relu1' },
      conv('conv2', 48, 3, 1),
      { kind: 'relu', name: 'relu2' },
      pool('pool2'),
      conv('conv3', 64, 3, 1),
      { kind: 'relu', name: 'relu3' },
      pool('pool3'),
      { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
    ],
  }
}

describe.skipIf(!existsSync(cifar))('stems trained on CIFAR-10 (needs ../shared/data/cifar-10-batches-bin)', () => {
  it.each([
    { kernel: 11, filters: 32, epochs: 24, initializer: 'heNormal', least: 0.8 },
    { kernel: 7, filters: 32, epochs: 24, initializer: 'glorotUniform', least: 0.9 },
  ] as const)(
    '$kernel×$kernel: from none to at least $least',
    async ({ kernel, filters, epochs, initializer, least }) => {
      const run = await trainAndJudge({
        data: { source: { kind: 'path', path: cifar }, validationShare: 0.05 },
        network: { kind: 'layers', architecture: withStem(filters, kernel) },
        training: {
          ...{ epochs, batchSize: 64, learningRate: 0.001, initializer, device: 'cpu' },
          ...{ optimizer: { kind: 'adam', weightDecay: 0.01, decay: 'decoupled' }, schedule: { kind: 'cosine' } },
        },
      })
      const shares = run.looks.map((look) => {
        const found = structuredIn(look, 'conv1')
        return { step: look.step, share: found.filter(Boolean).length / found.length }
      })
      const tools = { nulls: new NullLibrary() }
      const shuffled = await judgeLayer(shuffledWithinSlices(run.weightsOf('conv1'), kernel), tools)
      const left = shuffled.filters.filter(({ verdict }) => verdict === 'structured').length
      console.log(
        [
          `${filters} filters of ${kernel}×${kernel}×3, ${epochs} epochs of 10,000 pictures, test accuracy ${(100 * run.testAccuracy).toFixed(1)} %`,
          '| step | structured |',
          '| --- | --- |',
          ...shares.map(({ step, share }) => `| ${step} | ${(100 * share).toFixed(0)} % |`),
          `weights shuffled within each slice: ${left} of ${filters} structured, layer ${shuffled.verdict}, p ${shuffled.p?.toPrecision(2)}`,
        ].join('\n'),
      )
      expect(shares[0]).toEqual({ step: 0, share: 0 })
      expect(shares.at(-1)!.share).toBeGreaterThanOrEqual(least)
      expect(shuffled.verdict).toBe('random')
      expect(left / filters).toBeLessThanOrEqual(0.05)
    },
  )
})
