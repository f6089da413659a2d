import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../architectures/build-network.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { float32Tensor } from '../onnx/graph.ts'
import type { Architecture } from '../protocol/architecture.ts'
import { findFilterLayers } from './kernel-layers.ts'

const architecture: Architecture = {
  name: 'three',
  layers: [
    { kind: 'conv', name: 'conv1', filters: 4, kernel: [5, 3], stride: [1, 1], padding: [0, 0] },
    { kind: 'relu', name: 'relu1' },
    { kind: 'maxPool', name: 'pool1', kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
    { kind: 'fullyConnected', name: 'fc1', units: 7 },
    { kind: 'relu', name: 'relu2' },
    { kind: 'fullyConnected', name: 'fc2', units: 'classes' },
  ],
}

function build() {
  const input = { channels: 3, height: 12, width: 10, classes: 2 } as const
  return buildNetwork(architecture, input, { mean: [0, 0, 0], standardDeviation: [1, 1, 1] }, 'heNormal', 0)
}

describe('findFilterLayers', () => {
  it('gives rows that read a map its shape, and rows that read rows none', () => {
    const shapes: Record<string, [number, number, number]> = { pool1: [4, 4, 4] }
    expect(findFilterLayers(build(), (tensor) => shapes[tensor])).toEqual([
      { name: 'conv1', operator: 'Conv', weight: 'conv1.weight', shape: [4, 3, 5, 3] },
      { name: 'fc1', operator: 'Gemm', weight: 'fc1.weight', shape: [7, 4, 4, 4] },
      { name: 'fc2', operator: 'Gemm', weight: 'fc2.weight', shape: [2, 7, 1, 1] },
    ])
  })

  it('keeps rows as they are where the map is unknown or of another size', () => {
    const fc1 = (mapShape: [number, number, number] | undefined) =>
      findFilterLayers(build(), () => mapShape).find(({ name }) => name === 'fc1')?.shape
    expect(fc1(undefined)).toEqual([7, 64, 1, 1])
    expect(fc1([4, 5, 4])).toEqual([7, 64, 1, 1])
  })

  it('passes over weights that are computed, and matrices whose columns are the units', () => {
    const builder = new GraphBuilder()
    builder.input({ name: 'x', type: { dataType: 'float32', dims: ['batch', 3] } })
    builder.initializer('w', float32Tensor([3, 2], new Float32Array(6)))
    builder.op('Gemm', ['x', 'w'], {}, { name: 'columns' })
    builder.op('Gemm', ['x', builder.op('Identity', ['w'])], { transB: 1 }, { name: 'computed' })
    expect(findFilterLayers(builder.build('others'), () => undefined)).toEqual([])
  })
})
