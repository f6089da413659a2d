import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { GraphBuilder, float } from './graph-builder.ts'
import { type Graph, float32Tensor, int64Tensor } from './graph.ts'
import { writeModel } from './write-model.ts'

async function run(graph: Graph, feeds: Record<string, Tensor>): Promise<InferenceSession.OnnxValueMapType> {
  const session = await InferenceSession.create(writeModel({ graph }))
  const results = await session.run(feeds)
  await session.release()
  return results
}

describe('a written model on ONNX Runtime', () => {
  it('computes with its initializers and attributes', async () => {
    const builder = new GraphBuilder()
    const x = builder.input({ name: 'x', type: { dataType: 'float32', dims: ['batch', 2] } })
    const w = builder.initializer('fc.weight', float32Tensor([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)))
    const b = builder.initializer('fc.bias', float32Tensor([3], Float32Array.of(-5, 0, 0.5)))
    const y = builder.op('LeakyRelu', [builder.op('Gemm', [x, w, b])], { alpha: float(0.25) }, { name: 'y' })
    builder.output({ name: y, type: { dataType: 'float32', dims: ['batch', 3] } })
    const results = await run(builder.build('fc'), { x: new Tensor('float32', Float32Array.of(1, -1, 0, 0), [2, 2]) })
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
    const results = await run(builder.build('loop'), { start: new Tensor('float32', Float32Array.of(1, 3), [2]) })
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
    const results = await run(builder.build('fused'), { a: new Tensor('float32', Float32Array.of(3, 4), [1, 2]) })
    expect([...(results['y']?.data as Float32Array)]).toEqual([25])
  })
})
