import { expect, it } from 'vitest'
import type { ModelLayer, ModelSummary } from '../../protocol/models.ts'
import type { LayerJudgement } from '../../protocol/verdicts.ts'
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

const judgements = new Map<string, LayerJudgement>([
  [
    'conv1',
    {
      verdict: 'structured',
      p: 2.5e-12,
      pi0: { estimate: 0.25, low: 0, high: 0.6 },
      effectiveRank: 4.321,
      diversity: 0.6,
      isOrthogonal: true,
      measures: [],
      filters: [
        ...[0, 1, 2, 3, 4].map((index) => ({ index, verdict: 'structured' as const, p: 0.001, q: 0.002 })),
        { index: 5, verdict: 'duplicate', p: 0.2, q: 0.3, duplicateOf: 1 },
        { index: 6, verdict: 'dead', p: null, q: null },
        { index: 7, verdict: 'random', p: 0.2, q: 0.3 },
      ],
    },
  ],
  [
    'fc',
    {
      verdict: 'undecidable',
      p: null,
      pi0: null,
      effectiveRank: null,
      diversity: null,
      isOrthogonal: false,
      measures: [],
      filters: [0, 1].map((index) => ({ index, verdict: 'undecidable' as const, p: null, q: null })),
      otherAxisOrder: 'HWIO',
    },
  ],
])
const refusals = new Map<string, string>()
const findings = { judgements, refusals, activity: undefined }

it('tells a model in lines under each other, with the reasons below the table', () => {
  expect(modelAsText(model, findings).split('\n')).toEqual([
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
    '',
    'layer  shape         verdict      structured  emerging  random  undecidable  duplicate  mirror  dead  degenerate  p           rank',
    'conv1  [8, 3, 5, 5]  structured            5         0       1            0          1       0     1           0  < 0.000001  4.3 of 8 (60 %)',
    'fc     [2, 8, 1, 1]  undecidable           0         0       0            2          0       0     0           0  not tested',
    '',
    expect.stringMatching(/^structured: the data shaped the filter/),
    expect.any(String),
    expect.any(String),
    'conv1: its filters are more orthogonal than chance, as an orthogonal initialisation leaves them.',
    'fc: these weights look random as the file has them, but structured when read as HWIO; were they exported in another axis order?',
  ])
})

it('says so where there are no filters', () => {
  expect(modelAsText({ ...model, layers: [] }, { ...findings, judgements: new Map() })).toContain(
    '\nIt has no filters: ',
  )
})

it('gives JSON: the model, then its layers by name, operator and shape with their verdicts', () => {
  const json = modelAsJson(model, findings)
  expect(Object.keys(json)[0]).toBe('model')
  expect(Object.keys(json.layers[0] ?? {}).slice(0, 8)).toEqual([
    'name',
    'operator',
    'shape',
    'verdict',
    'p',
    'pi0',
    'effectiveRank',
    'filters',
  ])
  expect(json).toMatchObject({
    model: '/models/net.onnx',
    layers: [
      { name: 'conv1', operator: 'Conv', shape: [8, 3, 5, 5], verdict: 'structured', p: 2.5e-12, pi0: 0.25 },
      { name: 'fc', verdict: 'undecidable', p: null, pi0: null, effectiveRank: null, otherAxisOrder: 'HWIO' },
    ],
  })
  expect(json.layers[0]).toMatchObject({ effectiveRank: 4.321, filters: judgements.get('conv1')?.filters })
  expect(json).not.toHaveProperty('nodes')
})

it('adds what the filters do on pictures, where they were shown some', () => {
  const selectivity = { value: 0.4, className: 'cat', p: 0.002 }
  const filters = Array.from({ length: 8 }, (_, filter) => ({
    zeros: filter / 10,
    selectivity: filter === 0 ? null : { ...selectivity, p: filter === 1 ? 0.5 : 0.002 },
  }))
  const activity = { pictures: 300, of: 5000, title: 'Pets', layers: [{ layer: 'conv1', filters }], unmeasured: ['fc'] }
  const text = modelAsText(model, { judgements, refusals, activity })
  expect(text).toMatch(/^conv1 +\[8, 3, 5, 5\] +structured .* 35 % +6 of 7$/m)
  expect(text).toContain('300 of 5000 training pictures of Pets')
  const json = modelAsJson(model, { judgements, refusals, activity })
  expect(json.layers[0]).toHaveProperty('filters.1.activity', filters[1])
})

it('says why a layer was not judged', () => {
  const why = 'It has too many filters.'
  const json = modelAsJson(model, { judgements: new Map(), refusals: new Map([['conv1', why]]), activity: undefined })
  expect(json.layers.find(({ name }) => name === 'conv1')).toMatchObject({ whyNotJudged: why })
})

it('never lets names of a file command the terminal', () => {
  const [layer, ...rest] = model.layers
  const named = { ...model, layers: [{ ...layer!, name: 'evil\u001b]0;title\u0007\nline' }, ...rest] }
  const text = modelAsText(named, findings)
  expect(text).toContain('evil\\u001b]0;title\\u0007\\u000aline')
  expect(text).not.toContain('\u001b')
})
