import { describe, expect, it } from 'vitest'
import { type AttributeInput, GraphBuilder } from './graph-builder.ts'
import { type Dimension, type Graph, float32Tensor, int64Tensor } from './graph.ts'
import { inferShapes } from './infer-shapes.ts'
import { ShapeError } from './shapes/shape-context.ts'

function withInputs(inputs: Readonly<Record<string, readonly Dimension[]>>): GraphBuilder {
  const builder = new GraphBuilder()
  for (const [name, dims] of Object.entries(inputs)) builder.input({ name, type: { dataType: 'float32', dims } })
  return builder
}

function dimsOf(builder: GraphBuilder, name: string): readonly Dimension[] | undefined {
  return inferShapes(builder.build('test')).get(name)?.dims
}

describe('symbolic sizes', () => {
  it('pass through a whole classifier', () => {
    const b = withInputs({ x: ['batch', 1, 28, 28], w: [6, 1, 5, 5], f: [10, 864] })
    const conv = b.op('Conv', ['x', 'w'])
    const pool = b.op('MaxPool', [b.op('Relu', [conv])], { kernel_shape: [2, 2], strides: [2, 2] })
    const flat = b.op('Flatten', [pool])
    const scores = b.op('Gemm', [flat, 'f'], { transB: 1 })
    expect(dimsOf(b, conv)).toEqual(['batch', 6, 24, 24])
    expect(dimsOf(b, flat)).toEqual(['batch', 864])
    expect(dimsOf(b, scores)).toEqual(['batch', 10])
  })

  it('are kept by windows that keep the size, and by no others', () => {
    const b = withInputs({ x: [1, 3, 'height', 'width'], w: [3, 3, 3, 3] })
    const kept = b.op('Conv', ['x', 'w'], { pads: [1, 1, 1, 1] })
    const shrunk = b.op('Conv', ['x', 'w'], { pads: [1, 0, 1, 0] })
    expect(dimsOf(b, kept)).toEqual([1, 3, 'height', 'width'])
    const dims = dimsOf(b, shrunk) ?? []
    expect(dims.slice(0, 3)).toEqual([1, 3, 'height'])
    expect(dims[3]).toBeTypeOf('string')
    expect(dims[3]).not.toBe('width')
    const strided = b.op('Conv', ['x', 'w'], { pads: [1, 1, 1, 1], strides: [2, 1] })
    expect(dimsOf(b, strided)).toEqual([1, 3, expect.stringMatching(/^(?!height$)/), 'width'])
  })

  it('are multiplied and divided by Reshape', () => {
    const b = withInputs({ x: ['batch', 3, 8, 8] })
    const rows = b.op('Reshape', ['x', b.ints([-1, 1, 8, 8])])
    const back = b.op('Reshape', [rows, b.ints([-1, 3, 64])])
    expect(dimsOf(b, rows)).toEqual(['3*batch', 1, 8, 8])
    expect(dimsOf(b, back)).toEqual(['batch', 3, 64])
  })

  it('are never taken for equal when they may differ', () => {
    const b = withInputs({ x: ['batch', 10], y: ['rows', 10] })
    const sum = b.op('Add', ['x', 'y'])
    const joined = b.op('Concat', ['x', 'y'], { axis: 0 })
    const symbols = ['batch', 'rows', dimsOf(b, sum)?.[0], dimsOf(b, joined)?.[0]]
    expect(new Set(symbols).size).toBe(4)
  })

  it('are given up where they would be multiplied without end', () => {
    const b = withInputs({ x: ['n', 'm'] })
    let size = b.op('Gather', [b.op('Shape', ['x']), b.ints([0])])
    for (let turn = 0; turn < 60; turn++) size = b.op('Mul', [size, size])
    const made = b.op('ConstantOfShape', [size])
    expect(String(dimsOf(b, made)?.[0]).length).toBeLessThan(100)
  })

  it('broadcast against numbers as far as that is certain', () => {
    const b = withInputs({ x: ['batch', 10], row: [1, 10], other: [7, 10] })
    expect(dimsOf(b, b.op('Add', ['x', 'row']))).toEqual(['batch', 10])
    expect(dimsOf(b, b.op('Add', ['x', 'other']))).toEqual([7, 10])
    expect(dimsOf(b, b.op('Add', ['other', 'x']))).toEqual([7, 10])
  })
})

describe('shapes computed by the graph', () => {
  it('follow Shape, Gather, Unsqueeze, Concat into Reshape, as exporters write a flatten', () => {
    const b = withInputs({ x: ['batch', 16, 5, 5] })
    const batch = b.op('Gather', [b.op('Shape', ['x']), b.int(0)])
    const shape = b.op('Concat', [b.op('Unsqueeze', [batch, b.ints([0])]), b.ints([-1])], { axis: 0 })
    expect(dimsOf(b, b.op('Reshape', ['x', shape]))).toEqual(['batch', 400])
  })

  it('follow arithmetic, Cast and Slice into Resize', () => {
    const b = withInputs({ x: [1, 2, 6, 8] })
    const size = b.op('Slice', [b.op('Shape', ['x']), b.ints([2]), b.ints([4])])
    const doubled = b.op('Floor', [b.op('Mul', [b.op('Cast', [size], { to: 1 }), b.scalar(2)])])
    const sizes = b.op('Concat', [b.ints([1, 2]), b.op('Cast', [doubled], { to: 7 })], { axis: 0 })
    expect(dimsOf(b, b.op('Resize', ['x', '', '', sizes]))).toEqual([1, 2, 12, 16])
  })

  it('follow ConstantOfShape, Mul, Equal and Where into Expand, as exporters write an expand', () => {
    const b = withInputs({ x: ['batch', 3], token: [1, 1, 3] })
    const batch = b.op('Gather', [b.op('Shape', ['x']), b.ints([0])])
    const wanted = b.op('Concat', [batch, b.ints([-1, -1])], { axis: 0 })
    const value = { kind: 'tensor' as const, value: int64Tensor([1], [1]) }
    const ones = b.op('ConstantOfShape', [b.ints([3])], { value })
    const isOpen = b.op('Equal', [wanted, b.op('Mul', [ones, b.ints([-1])])])
    const expanded = b.op('Expand', ['token', b.op('Where', [isOpen, ones, wanted])])
    expect(dimsOf(b, expanded)).toEqual(['batch', 1, 3])
  })

  it('are unknown, not guessed, where they depend on the data', () => {
    const b = withInputs({ x: [2, 3] })
    b.input({ name: 'shape', type: { dataType: 'int64', dims: [2] } })
    b.input({ name: 'open', type: undefined })
    const reshaped = b.op('Reshape', ['x', 'shape'])
    const after = b.op('Relu', ['open'])
    const custom = b.op('NoSuchOperator', ['x'])
    expect(dimsOf(b, reshaped)?.every((size) => typeof size === 'string')).toBe(true)
    expect(dimsOf(b, after)).toBeUndefined()
    expect(dimsOf(b, custom)).toBeUndefined()
  })
})

function loopBody(grow: boolean, ends: boolean): Graph {
  const body = new GraphBuilder()
  body.input({ name: 'turn', type: undefined })
  body.input({ name: 'on', type: undefined })
  body.input({ name: 'state', type: undefined })
  const next = grow
    ? body.op('Concat', ['state', 'state'], { axis: 0 }, { name: 'next' })
    : body.op('Add', ['state', 'outside'], {}, { name: 'next' })
  const on = ends ? body.op('Less', ['turn', body.int(3)], {}, { name: 'stillOn' }) : body.op('Identity', ['on'])
  const loss = body.op('ReduceMean', [next], { keepdims: 0 }, { name: 'loss' })
  for (const name of [on, next, loss]) body.output({ name, type: undefined })
  return body.build('body')
}

function loop(grow: boolean, ends = false, startsOn: 1 | 0 = 1) {
  const b = withInputs({ start: [2, 'n'], outside: ['n'] })
  const on = b.constant('on', { dataType: 'bool', dims: [], data: Uint8Array.of(startsOn) })
  const attributes: AttributeInput = { body: { kind: 'graph', value: loopBody(grow, ends) } }
  const [state = '', losses = ''] = b.ops('Loop', [b.int(8), on, 'start'], attributes, { outputCount: 2 })
  return { state: dimsOf(b, state), losses: dimsOf(b, losses) }
}

it('a slice of a long axis is found without counting its elements', () => {
  const b = withInputs({ x: [2 ** 31 - 1] })
  const every = b.op('Slice', ['x', b.ints([0]), b.ints([2 ** 31]), b.ints([0]), b.ints([3])])
  expect(dimsOf(b, every)).toEqual([715827883])
})

describe('a loop', () => {
  it('keeps the shape of its state and stacks its scan outputs', () => {
    expect(loop(false)).toEqual({ state: [2, 'n'], losses: [8] })
  })

  it('stacks an unknown number where its condition may end it', () => {
    expect(loop(false, true).losses).toEqual([expect.any(String)])
  })

  it('stacks an unknown number where it may not even begin', () => {
    expect(loop(false, false, 0).losses).toEqual([expect.any(String)])
  })

  it('has no known state shape where a turn changes it', () => {
    expect(loop(true).state).toBeUndefined()
  })
})

describe('shapes that do not fit', () => {
  const refused: [string, (b: GraphBuilder) => string, RegExp][] = [
    [
      'channels of a convolution',
      (b) => b.op('Conv', ['image', 'weights'], {}, { name: 'conv1' }),
      /^The node 'conv1' \(Conv\) cannot take inputs of the shapes \[batch, 3, 8, 8\] and \[6, 1, 9, 3\]: the weights are for 1 channels \(group 1\) but the input has 3\.$/,
    ],
    [
      'a kernel larger than the image',
      (b) => b.op('Conv', ['image', 'weights'], { group: 3 }),
      /the window of 9 does not fit the 8 \+ 0 \+ 0 = 8 elements of spatial axis 0/,
    ],
    ['broadcasting', (b) => b.op('Add', ['row', 'matrix']), /the sizes 5 and 4 of axis 1 differ and neither is 1/],
    ['a matrix product', (b) => b.op('MatMul', ['matrix', 'matrix']), /rows of the first have 4 .* the second 5/],
    [
      'a bias',
      (b) => b.op('Gemm', ['matrix', 'square', 'row']),
      /the third input \[5\] cannot be spread over the result \[5, 4\]/,
    ],
    ['a new shape', (b) => b.op('Reshape', ['matrix', b.ints([3, -1])]), /20 elements cannot be laid out as \[3, -1\]/],
    ['a joint', (b) => b.op('Concat', ['matrix', 'square'], { axis: 1 }), /the sizes 5 and 4 of axis 0 differ/],
    ['an axis', (b) => b.op('Softmax', ['matrix'], { axis: 2 }), /there is no axis 2 among 2/],
    [
      'a split',
      (b) => b.ops('Split', ['row', b.ints([2, 2])], {}, { outputCount: 2 })[0] as string,
      /the parts \[2, 2\] add up to 4, not to 5/,
    ],
    [
      'a statistic of batch normalisation',
      (b) => b.op('BatchNormalization', ['image', 'row', 'row', 'row', 'row']),
      /the scale has the shape \[5\] instead of \[3\]/,
    ],
    ['element types', (b) => b.op('Mul', ['row', b.ints([2])]), /it mixes the element types float32 and int64/],
    ['an index', (b) => b.op('Gather', ['row', b.int(5)]), /index 5 is outside axis 0 of 5 elements/],
    ['a missing input', (b) => b.op('Conv', ['image']), /its input 2 is missing/],
    [
      'a size that no tensor has',
      (b) => b.op('Tile', ['row', b.ints([10 ** 12])]),
      /the result would have the shape \[5000000000000\], and no axis has 5000000000000 elements/,
    ],
    [
      'a negative size',
      (b) => b.op('Expand', ['row', b.ints([-4, 5])]),
      /the result would have the shape \[-4, 5\], and no axis has -4 elements/,
    ],
    [
      'a new shape of fractions',
      (b) => b.op('Reshape', ['matrix', b.constant('halves', float32Tensor([2], Float32Array.of(0.5, Number.NaN)))]),
      /its input 2 holds float32 elements where whole numbers belong/,
    ],
    [
      'a sum of nothing',
      (b) => b.op('Max', []),
      /^The node '.*' \(Max\) cannot take no inputs: it needs at least one\.$/,
    ],
    [
      'more starts than axes',
      (b) => b.op('Slice', ['row', b.ints([0, 0]), b.ints([1, 1])]),
      /2 starts are given for 1 axes/,
    ],
  ]
  for (const [what, use, sentence] of refused) {
    it(`are refused with a sentence: ${what}`, () => {
      const b = withInputs({
        image: ['batch', 3, 8, 8],
        weights: [6, 1, 9, 3],
        row: [5],
        matrix: [5, 4],
        square: [4, 4],
      })
      use(b)
      const graph = b.build('wrong')
      expect(() => inferShapes(graph)).toThrow(ShapeError)
      expect(() => inferShapes(graph)).toThrow(sentence)
    })
  }
})

it('a body is inferred with the types of the values around it', () => {
  const body = new GraphBuilder()
  const y = body.op('MatMul', ['x', 'w'])
  body.initializer('w', float32Tensor([3, 2], new Float32Array(6)))
  expect(inferShapes(body.build('body'), new Map([['x', { dataType: 'float32', dims: [5, 3] }]])).get(y)?.dims).toEqual(
    [5, 2],
  )
})
