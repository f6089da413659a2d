import { describe, expect, it } from 'vitest'
import { type Tensor, float32Tensor, int64Tensor } from '../onnx/graph.ts'
import { RunError } from '../runs/run-error.ts'
import type { OpenedRun } from '../protocol/runs.ts'
import type { DataSummary } from '../protocol/data.ts'
import { checkpointTensors, keptLearningRate, requireSameData, requireState } from './continue-run.ts'

const weight = float32Tensor([2, 3], new Float32Array(6))
const state = [
  { name: 'fc1.weight', next: 'fc1.weight/next', initial: weight },
  { name: 'step', next: 'step/next', initial: int64Tensor([], [0]) },
]

function checkpoint(step: number, tensors: Record<string, Tensor>) {
  return { step, tensors: new Map(Object.entries(tensors)) }
}

describe('a checkpoint to go on from', () => {
  it('keeps the learning rate to its last digit', () => {
    const tensors = checkpointTensors(new Map([['fc1.weight', weight]]), 0.003)
    expect(tensors.get('fc1.weight')).toBe(weight)
    expect(keptLearningRate({ step: 1, tensors })).toBe(0.003)
    expect(() => keptLearningRate(checkpoint(4, {}))).toThrow('The checkpoint of step 4 holds no learning rate')
  })

  it('is of the network and the step that it should be', () => {
    const step = int64Tensor([], [7])
    const whole = { 'fc1.weight': weight, step }
    expect(() => requireState(checkpoint(7, whole), state)).not.toThrow()
    const refuse = (tensors: Record<string, Tensor>, sentence: string, at = 7) => {
      expect(() => requireState(checkpoint(at, tensors), state)).toThrow(RunError)
      expect(() => requireState(checkpoint(at, tensors), state)).toThrow(sentence)
    }
    refuse({ step }, 'needs "fc1.weight" as float32 [2, 3], but the checkpoint of step 7 does not hold it')
    refuse({ ...whole, 'fc1.weight': float32Tensor([3, 2], new Float32Array(6)) }, 'holds it as float32 [3, 2]')
    refuse({ ...whole, step: float32Tensor([], new Float32Array(1)) }, 'holds it as float32 []')
    refuse(whole, 'whose file is of step 9 holds step 7', 9)
  })
})

describe('the data to go on with', () => {
  const summary = (names: readonly string[], classNamesFrom?: DataSummary['classNamesFrom']) =>
    ({
      classes: names.map((name) => ({ name, train: 10, validation: 1, test: 1 })),
      counts: { train: 20, validation: 2, test: 2 },
      image: { width: 28, height: 28, channels: 1, fit: 'crop' },
      ...(classNamesFrom && { classNamesFrom }),
    }) as unknown as DataSummary
  const begunWith = (data: DataSummary) => ({ data }) as OpenedRun

  it('has the classes of before, which may have been numbers where they are known by name now', () => {
    const known = { kind: 'known', dataset: 'Fashion-MNIST' } as const
    const named = summary(['T-shirt/top', 'Trouser'], known)
    expect(() => requireSameData(begunWith(summary(['0', '1'])), named)).not.toThrow()
    expect(() => requireSameData(begunWith(summary(['0', '1', '2'])), named)).toThrow('it had 3 classes')
    expect(() => requireSameData(begunWith(summary(['cats', 'dogs'])), summary(['dogs', 'cats']))).toThrow(
      'it had 2 classes (cats, dogs), and now has 2 classes (dogs, cats)',
    )
  })
})
