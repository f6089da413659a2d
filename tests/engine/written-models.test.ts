import { describe, expect, it } from 'vitest'
import { GraphBuilder, float } from '../../engine/onnx/graph-builder.ts'
import { float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { runOnCpu } from './run-on-cpu.ts'

describe('a written model on ONNX Runtime', () => {
  it('computes with its initializers and attributes', async () => {
    const builder = new GraphBuilder()
    const x = builder.input({ name: 'x', type: { dataType: 'float32', dims: ['batch', 2] } })
    const w = builder.initializer('fc.weight', float32Tensor([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)))
    const b = builder.initializer('fc.bias', float32Tensor([3], Float32Array.of(-5, 0, 0.5)))
    const y = builder.op('LeakyRelu', [builder.op('Gemm', [x, w, b])], { alpha: float(0.25) }, { name: 'y' })
    builder.output({ name: y, type: { dataType: 'float32', dims: ['batch', 3] } })
    const results = await runOnCpu(builder.build('fc'), { x: float32Tensor([2, 2], Float32Array.of(1, -1, 0, 0)) })
    expect([...(results[y]?.data as Float32Array)]).toEqual([-2, -0.75, -0.625, -1.25, 0, 0.5])
  })

  it('runs a Loop whose body has its own constants', async () => {
    const body = new GraphBuilder()
    body.input({ name: 'iteration', type: { dataType: 'int64', dims: [] } })
    body.input({ name: 'goOn', type: { dataType: 'bool', dims: [] } })
    const state = body.input({ name: 'state', type: { dataType: 'float32', dims: [2] } })
    const next = body.op(
      'Mul',
      [state, body.constant('two', float32Tensor([], Float32Array.of(2)))],
      {},
      { name: 'next' },
    )
    const condition = body.op('Identity', ['goOn'], {}, { name: 'goOnStill' })
    body.output({ name: condition, type: { dataType: 'bool', dims: [] } })
    body.output({ name: next, type: { dataType: 'float32', dims: [2] } })
    const builder = new GraphBuilder()
    const start = builder.input({ name: 'start', type: { dataType: 'float32', dims: [2] } })
    const turns = builder.constant('turns', int64Tensor([], [5]))
    const end = builder.op(
      'Loop',
      [turns, '', start],
      { body: { kind: 'graph', value: body.build('body') } },
      { name: 'end' },
    )
    builder.output({ name: end, type: { dataType: 'float32', dims: [2] } })
    const results = await runOnCpu(builder.build('loop'), { start: float32Tensor([2], Float32Array.of(1, 3)) })
    expect([...(results[end]?.data as Float32Array)]).toEqual([32, 96])
  })

  it('declares the other operator sets its nodes use', async () => {
    const builder = new GraphBuilder()
    const a = builder.input({ name: 'a', type: { dataType: 'float32', dims: [1, 2] } })
    builder.add({
      opType: 'FusedMatMul',
      domain: 'com.microsoft',
      name: 'y',
      inputs: [a, a],
      outputs: ['y'],
      attributes: { transB: { kind: 'int', value: 1 } },
    })
    builder.output({ name: 'y', type: { dataType: 'float32', dims: [1, 1] } })
    const results = await runOnCpu(builder.build('fused'), { a: float32Tensor([1, 2], Float32Array.of(3, 4)) })
    expect([...(results['y']?.data as Float32Array)]).toEqual([25])
  })
})
