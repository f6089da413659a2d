import { expect, it } from 'vitest'
import type { ModelLayer, ModelSummary } from '../../protocol/models.ts'
import { modelAsJson, modelAsText } from './model-report.ts'

const conv: ModelLayer = {
  name: 'conv1',
  nodeId: 'a',
  operator: 'Conv',
  weight: 'conv1.weight',
  shape: [8, 3, 5, 5],
  groups: 1,
  parameters: 608,
  parameterFormula: '5·5·3·8 + 8',
  multiplyAdds: 470_400,
  trainable: true,
}
const head: ModelLayer = {
  ...conv,
  name: 'fc',
  nodeId: 'b',
  operator: 'Gemm',
  shape: [2, 8, 1, 1],
  parameters: 16,
  trainable: false,
  whyNot: 'Because.',
  storedAs: 'int8',
}
const model: ModelSummary = {
  path: '/models/net.onnx',
  title: 'net',
  byteLength: 2_500_000,
  producer: 'pytorch 2.2',
  opset: 13,
  inputs: [{ name: 'x', dataType: 'float32', dims: ['batch', 3, 28, 28] }],
  outputs: [{ name: 'scores', dataType: 'float32', dims: ['batch', 2] }],
  image: { name: 'x', layout: 'nchw', channels: 3, height: 28, width: 28 },
  preprocessing: { colourOrder: 'rgb', mean: [0, 0, 0], standardDeviation: [255, 255, 255] },
  output: { name: 'scores', kind: 'logits', classes: 2 },
  layers: [conv, head],
  nodes: [{ id: 'a', name: 'a', operator: 'Conv', inputs: ['input:x'] }],
  parameters: 624,
  multiplyAdds: 470_416,
  training: { possible: true, obstacles: [], freezeBelow: 'fc' },
}

it('tells a model in lines under each other, with the reasons below the table', () => {
  expect(modelAsText(model).split('\n')).toEqual([
    'net · 2.5 MB · pytorch 2.2 · operator set 13',
    'input   x       float32 [batch, 3, 28, 28]  pictures, 3 channels, channels first; RGB, (pixel − [0, 0, 0]) / [255, 255, 255]',
    'output  scores  float32 [batch, 2]          logits of 2 classes',
    '',
    '2 layers with filters, 624 parameters, 470,416 multiply-adds for one picture',
    '',
    'layer  operator     shape         parameters  multiply-adds  trainable',
    'conv1  Conv         [8, 3, 5, 5]         608        470,400  yes',
    'fc     Gemm (int8)  [2, 8, 1, 1]          16        470,400  no [1]',
    '',
    '[1] Because.',
    '',
    'Frozen up to fc, the rest can be trained.',
  ])
})

it('says so where there are no filters', () => {
  expect(modelAsText({ ...model, layers: [] })).toContain('\nIt has no filters: ')
})

it('gives JSON to which verdicts can be added: the model, then its layers by name, operator and shape', () => {
  const json = modelAsJson(model)
  expect(Object.keys(json)[0]).toBe('model')
  expect(json).toMatchObject({
    model: '/models/net.onnx',
    layers: [{ name: 'conv1', operator: 'Conv', shape: [8, 3, 5, 5] }, {}],
  })
  expect(json).not.toHaveProperty('nodes')
})
