import { expect, it } from 'vitest'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { float32Tensor } from '../onnx/graph.ts'
import { readModel } from '../onnx/read-model.ts'
import { writeModel } from '../onnx/write-model.ts'
import { resizeModel } from './resize-model.ts'

function model(): Uint8Array {
  const builder = new GraphBuilder()
  builder.input({ name: 'x', type: { dataType: 'float32', dims: ['N', 3, 4, 4] } })
  const kernels = (name: string, dims: readonly [number, number]) =>
    builder.initializer(name, float32Tensor([...dims, 1, 1], new Float32Array(dims[0] * dims[1]).fill(0.5)))
  const maps = builder.op('Conv', ['x', kernels('one', [4, 3])], {}, { name: 'conv1' })
  const scores = builder.op('Conv', [maps, kernels('two', [2, 4])], {}, { name: 'conv2' })
  builder.add({
    ...{ opType: 'Own', domain: 'com.example', name: 'own' },
    inputs: [scores],
    outputs: ['y'],
    attributes: {},
  })
  builder.output({ name: 'y', type: { dataType: 'float32', dims: ['N', 2, 4, 4] } })
  return writeModel({ graph: builder.build('own'), metadata: { classes: 'a b' }, otherOpsets: { 'com.example': 3 } })
}

const training = { initializer: 'heNormal', seed: 1 } as const

it('keeps what a file says besides, the versions of its other operator sets too', () => {
  const shrunk = readModel(resizeModel(model(), { layer: 'conv1', filters: 4, kept: [1, 3], added: 0 }, training))
  expect(shrunk.graph.initializers.get('one')?.dims).toEqual([2, 3, 1, 1])
  expect(shrunk.graph.initializers.get('two')?.dims).toEqual([2, 2, 1, 1])
  expect(shrunk).toMatchObject({ otherOpsets: { 'com.example': 3 }, metadata: { classes: 'a b' } })
})

it('says where the layer is another one by now', () => {
  const resize = (wish: object) => () =>
    resizeModel(model(), { layer: 'conv1', filters: 4, kept: [0], added: 0, ...wish }, training)
  expect(resize({ layer: 'conv9' })).toThrow('no layer "conv9"')
  expect(resize({ filters: 5 })).toThrow('4 filters in "conv1", not 5')
})
