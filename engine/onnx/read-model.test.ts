import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { create, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AttributeProto_AttributeType as AttributeType,
  type ModelProto,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from './generated/onnx_pb.ts'
import { GraphBuilder } from './graph-builder.ts'
import { float32Tensor } from './graph.ts'
import { inferShapes } from './infer-shapes.ts'
import { ModelError } from './model-error.ts'
import { readModel } from './read-model.ts'
import { writeModel } from './write-model.ts'

const malformed = resolve(import.meta.dirname, '../../../shared/data/malformed')

/** What a person is told about each file; a shape that does not fit is told by inference. */
const sentences: Readonly<Record<string, RegExp>> = {
  'batch_norm_invalid_bias_rank_test.onnx':
    /^The node 'y' \(BatchNormalization\) cannot take .*: the bias has the shape \[3, 1\] instead of \[3\]\.$/,
  'corrupt-model.onnx': /^The file is not an ONNX model: its first bytes are not those of one\.$/,
  'empty.onnx': /^The file is empty \(0 bytes\): copy or download the model again\.$/,
  // The file is whole, but its one node is of an operator that ONNX does not have, and no runtime runs it.
  'foo_truncated.onnx': /^The node 'foo_1' \(Foo\) cannot be read: ONNX has no operator of that name; /,
  'git-lfs-pointer-resnet50.onnx': /^The file is a Git LFS pointer, not the model itself: run 'git lfs pull'/,
  'html-page-saved.onnx': /^The file is a web page, not a model: /,
  'huge-dims-no-data.onnx':
    /^The initializer 'w' has the shape \[1048576, 1048576, 3, 3\], which needs 9,895,604,649,984 elements, but the file holds 0 elements/,
  'mobilenet_v2_fp32_missing_external_data.onnx':
    /^The initializer 'features\.0\.0\.weight' keeps its values in the file 'mobilenet_v2_fp32\.onnx\.data' beside the model, which was not given: open them together\.$/,
  'negative-dims.onnx':
    /^The initializer 'w' has the size -4 in its shape \[-4, 3, 3, 3\]; a size cannot be negative\.$/,
  'random-4k.onnx': /^The file is not an ONNX model/,
  'raw-size-mismatch.onnx':
    /^The initializer 'w' has the shape \[4, 3, 3, 3\], which needs 432 bytes of float32, but the file holds 100 bytes: it is damaged or incomplete\.$/,
  'truncated-60pct-squeezenet_cifar10.onnx':
    /^The file is cut off: it holds 180,924 bytes of at least 301,537; copy or download it again\.$/,
}

/** Awkward files that are read: nodes out of order. */
const readable: Readonly<Record<string, readonly string[]>> = {
  'conv_bn_relu_maxpool_unordered_test.onnx': ['Conv', 'BatchNormalization', 'Relu', 'MaxPool'],
}

describe.skipIf(!existsSync(malformed))('malformed files (needs ../shared/data/malformed)', () => {
  const files = existsSync(malformed) ? readdirSync(malformed).filter((name) => name.endsWith('.onnx')) : []

  it('are all listed here', () => {
    expect(files.toSorted()).toEqual([...Object.keys(sentences), ...Object.keys(readable)].toSorted())
  })

  for (const [file, sentence] of Object.entries(sentences)) {
    it(`${file} is refused with its sentence`, () => {
      const bytes = readFileSync(join(malformed, file))
      const use = () => inferShapes(readModel(bytes).graph)
      expect(use).toThrow(ModelError)
      expect(use).toThrow(sentence)
    })
  }

  for (const [file, operators] of Object.entries(readable)) {
    it(`${file} is read, its nodes in order`, () => {
      const { graph } = readModel(readFileSync(join(malformed, file)))
      expect(graph.nodes.map((node) => node.opType)).toEqual(operators)
    })
  }

  it('weights in a file beside the model are read from there', () => {
    const folder = join(malformed, 'external-ok')
    const asked: string[] = []
    const { graph } = readModel(readFileSync(join(folder, 'external_data.onnx')), {
      externalData: (location) => {
        asked.push(location)
        return readFileSync(join(folder, location))
      },
    })
    expect(asked).toEqual(['external_data.bin'])
    const weight = graph.initializers.get('weight')
    const file = readFileSync(join(folder, 'external_data.bin'))
    expect((weight?.data as Float32Array)[7]).toBe(file.readFloatLE(28))
    expect(weight?.dims).toEqual([4, 4])
  })
})

/** A small whole model to damage. */
function wholeModel(): Uint8Array {
  const builder = new GraphBuilder()
  builder.input({ name: 'x', type: { dataType: 'float32', dims: ['batch', 3] } })
  const weights = builder.initializer(
    'w',
    float32Tensor(
      [3, 4],
      Float32Array.from({ length: 12 }, (_, i) => i),
    ),
  )
  builder.output({ name: builder.op('Relu', [builder.op('MatMul', ['x', weights])]), type: undefined })
  return writeModel({ graph: builder.build('whole') })
}

it.each([
  ['PyTorch', [0x50, 0x4b, 3, 4, 20, 0], /a ZIP archive, not an ONNX model: .*torch\.onnx\.export/],
  ['Keras', [0x89, 0x48, 0x44, 0x46, 13, 10], /an HDF5 file, as Keras writes, not an ONNX model/],
  ['TensorFlow Lite', [32, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33], /a TensorFlow Lite model, not an ONNX model/],
  ['safetensors', [32, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22], /a safetensors file, which holds weights but no network/],
])('a file of %s is told apart and what to do is said', (_, bytes, sentence) => {
  expect(() => readModel(Uint8Array.from(bytes))).toThrow(sentence)
})

describe('whatever the bytes are', () => {
  it('a file cut anywhere is refused with a sentence', () => {
    const bytes = wholeModel()
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readModel(bytes.subarray(0, length)), `${length} bytes`).toThrow(ModelError)
    }
  })

  it('random or damaged bytes never fail in another way', () => {
    const bytes = wholeModel()
    const damaged = fc
      .array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const copy = bytes.slice()
        for (const [position, value] of changes) copy[position] = value
        return copy
      })
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (candidate) => {
        try {
          inferShapes(readModel(candidate).graph)
        } catch (error) {
          if (!(error instanceof ModelError)) throw error
        }
      }),
      { numRuns: 2000, seed: 4 },
    )
  })
})

type ModelInit = Parameters<typeof create<typeof ModelProtoSchema>>[1] & { readonly $typeName?: never }
type TensorInit = NonNullable<NonNullable<NonNullable<ModelInit['graph']>['initializer']>[number]>

function file(message: ModelInit): Uint8Array {
  const opsetImport = [{ domain: '', version: 18n }]
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, ...message }) as ModelProto)
}

function tensorFile(tensor: TensorInit): Uint8Array {
  return file({ graph: { name: 'g', initializer: [{ name: 'w', ...tensor }] } })
}

describe('tensor encodings', () => {
  const { FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64, BOOL, STRING } =
    TensorProto_DataType
  const encodings: [string, TensorInit, unknown][] = [
    ['float32 in float_data', { dataType: FLOAT, floatData: [1.5, -2] }, Float32Array.of(1.5, -2)],
    ['float64 in double_data', { dataType: DOUBLE, doubleData: [1e300, 0.1] }, Float64Array.of(1e300, 0.1)],
    ['float16 bits in int32_data', { dataType: FLOAT16, int32Data: [0x3c00, 0xc000] }, Uint16Array.of(0x3c00, 0xc000)],
    ['bfloat16 bits in int32_data', { dataType: BFLOAT16, int32Data: [0x3f80, 0] }, Uint16Array.of(0x3f80, 0)],
    ['int8 in int32_data', { dataType: INT8, int32Data: [-128, 127] }, Int8Array.of(-128, 127)],
    ['uint8 in int32_data', { dataType: UINT8, int32Data: [0, 255] }, Uint8Array.of(0, 255)],
    ['int16 in int32_data', { dataType: INT16, int32Data: [-5, 5] }, Int16Array.of(-5, 5)],
    ['uint16 in int32_data', { dataType: UINT16, int32Data: [65535, 1] }, Uint16Array.of(65535, 1)],
    ['int32 in int32_data', { dataType: INT32, int32Data: [-7, 7] }, Int32Array.of(-7, 7)],
    ['uint32 in uint64_data', { dataType: UINT32, uint64Data: [4294967295n, 1n] }, Uint32Array.of(4294967295, 1)],
    ['int64 in int64_data', { dataType: INT64, int64Data: [-1n, 2n ** 62n] }, BigInt64Array.of(-1n, 2n ** 62n)],
    ['uint64 in uint64_data', { dataType: UINT64, uint64Data: [2n ** 63n, 1n] }, BigUint64Array.of(2n ** 63n, 1n)],
    ['bool in int32_data', { dataType: BOOL, int32Data: [1, 0] }, Uint8Array.of(1, 0)],
    ['strings', { dataType: STRING, stringData: [Uint8Array.of(0xc3, 0xa9), Uint8Array.of(65)] }, ['é', 'A']],
    ['raw float32', { dataType: FLOAT, rawData: Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 192) }, Float32Array.of(1, -2)],
    ['raw bool', { dataType: BOOL, rawData: Uint8Array.of(0, 1) }, Uint8Array.of(0, 1)],
  ]
  for (const [what, tensor, expected] of encodings) {
    it(what, () => {
      const read = readModel(tensorFile({ ...tensor, dims: [2n] })).graph.initializers.get('w')
      expect(read?.data).toEqual(expected)
      expect(read?.dims).toEqual([2])
    })
  }

  it('lists written value by value, as older writers did, are read as packed ones are', () => {
    // Fields 1 (dims), 2 (data_type) and 4 (float_data) of a TensorProto, each number with a tag of its own.
    const floats = [0x25, 0, 0, 128, 63, 0x25, 0, 0, 0, 64]
    const tensor = [0x08, 2, 0x10, 1, ...floats, 0x42, 1, 0x77]
    const graph = [0x2a, tensor.length, ...tensor]
    const model = [0x08, 8, 0x3a, graph.length, ...graph, 0x42, 4, 0x0a, 0, 0x10, 18]
    const read = readModel(Uint8Array.from(model)).graph.initializers.get('w')
    expect(read).toEqual(float32Tensor([2], Float32Array.of(1, 2)))
  })

  it('fewer or more values than the shape has are refused', () => {
    expect(() => readModel(tensorFile({ dataType: FLOAT, dims: [3n], floatData: [1, 2] }))).toThrow(
      "The initializer 'w' has the shape [3], which needs 3 elements, but the file holds 2 elements",
    )
    expect(() => readModel(tensorFile({ dataType: FLOAT, dims: [], floatData: [1, 2] }))).toThrow('needs 1 elements')
  })

  it('absurd sizes are refused, also where a size of 0 makes them cost nothing', () => {
    const huge = { dataType: FLOAT, dims: [10n ** 12n], rawData: new Uint8Array(8) }
    expect(() => readModel(tensorFile(huge))).toThrow(
      "The initializer 'w' has the size 1000000000000 in its shape [1000000000000]; no tensor is so large.",
    )
    expect(() => readModel(tensorFile({ dataType: FLOAT, dims: [0n, 10n ** 12n] }))).toThrow('no tensor is so large')
    const wide = { dataType: FLOAT, dims: [2n ** 30n, 2n ** 30n], rawData: new Uint8Array(8) }
    expect(() => readModel(tensorFile(wide))).toThrow(
      /which needs 4,611,\d{3},.* bytes of float32, but the file holds 8/,
    )
  })

  it('types that no graph in memory holds are refused by name', () => {
    const message = tensorFile({ dataType: TensorProto_DataType.COMPLEX64, dims: [1n] })
    expect(() => readModel(message)).toThrow(
      "The initializer 'w' has the element type COMPLEX64, which is not supported",
    )
  })
})

describe('weights outside the file', () => {
  const entries = (location: string, offset: string, length: string) => [
    { key: 'location', value: location },
    { key: 'offset', value: offset },
    { key: 'length', value: length },
  ]
  const outside = (location: string, offset = '4', length = '8') =>
    tensorFile({
      dataType: TensorProto_DataType.FLOAT,
      dims: [2n],
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: entries(location, offset, length),
    })
  const stored = new Uint8Array(Float32Array.of(9, 1, 2, 9).buffer)

  it('are cut from offset to length', () => {
    const { graph } = readModel(outside('weights.bin'), { externalData: () => stored })
    expect(graph.initializers.get('w')?.data).toEqual(Float32Array.of(1, 2))
  })

  it('must lie in the folder of the model', () => {
    for (const location of ['../secret', '/etc/passwd', 'a/../../b', 'C:\\weights', '..\\b', '']) {
      expect(() => readModel(outside(location), { externalData: () => stored }), location).toThrow(
        "does not lie in the model's folder",
      )
    }
  })

  it('must be there, and long enough', () => {
    const fail = () => {
      throw new Error('ENOENT')
    }
    expect(() => readModel(outside('weights.bin'), { externalData: fail })).toThrow(/'weights\.bin' .* cannot be read/)
    expect(() => readModel(outside('weights.bin', '12'), { externalData: () => stored })).toThrow(
      'at bytes 12 to 20, but that file has 16 bytes',
    )
  })
})

describe('graphs', () => {
  const node = (opType: string, input: string[], output: string[]) => ({ opType, input, output })
  const withNodes = (nodes: ReturnType<typeof node>[]) =>
    file({ graph: { name: 'g', node: nodes, input: [{ name: 'x' }], output: [{ name: 'y' }] } })

  it('are put in topological order', () => {
    const nodes = [node('Tanh', ['b'], ['y']), node('Relu', ['x'], ['a']), node('Abs', ['a'], ['b'])]
    expect(readModel(withNodes(nodes)).graph.nodes.map(({ opType }) => opType)).toEqual(['Relu', 'Abs', 'Tanh'])
  })

  it('that go in a circle are refused', () => {
    const nodes = [node('Add', ['x', 'b'], ['a']), node('Abs', ['a'], ['b']), node('Abs', ['b'], ['y'])]
    expect(() => readModel(withNodes(nodes))).toThrow(/'b' \(Abs\) and the node 'a' \(Add\) .* the graph has a circle/)
  })

  it('that use a value nothing gives are refused', () => {
    expect(() => readModel(withNodes([node('Relu', ['gone'], ['y'])]))).toThrow(
      "The node 'y' (Relu) needs the value 'gone', which nothing in the model gives.",
    )
    expect(() => readModel(withNodes([node('Relu', ['x'], ['z'])]))).toThrow("The output 'y' is given by no node")
  })

  it('that have two inputs or two initializers of one name are refused', () => {
    const initializer = [1, 2].map((value) => ({ name: 'w', dims: [1n], dataType: 1, floatData: [value] }))
    expect(() => readModel(file({ graph: { name: 'g', initializer } }))).toThrow(
      "The initializer 'w' is in the model twice",
    )
    const input = [{ name: 'x' }, { name: 'x' }]
    expect(() => readModel(file({ graph: { name: 'g', input } }))).toThrow("The input 'x' is in the model twice")
  })

  it('that have operators which ONNX does not have are refused, in bodies too, but those of other domains are read', () => {
    expect(() => readModel(withNodes([node('Foo', ['x'], ['y'])]))).toThrow(
      "The node 'y' (Foo) cannot be read: ONNX has no operator of that name; operators of others belong in a domain of their own.",
    )
    const body = { name: 'body', node: [node('Foo', ['x'], ['z'])], output: [{ name: 'z' }] }
    const attribute = [{ name: 'then_branch', type: AttributeType.GRAPH, g: body }]
    expect(() => readModel(withNodes([{ ...node('If', ['x'], ['y']), attribute } as never]))).toThrow("'z' (Foo)")
    const own = { ...node('Foo', ['x'], ['y']), domain: 'my.own' }
    expect(readModel(withNodes([own])).graph.nodes[0]).toMatchObject({ domain: 'my.own', opType: 'Foo' })
  })

  it('that give a value which is an input, or a constant twice, are refused', () => {
    expect(() => readModel(withNodes([node('Relu', ['x'], ['x']), node('Abs', ['x'], ['y'])]))).toThrow(
      "The value 'x' is made twice: by the node 'x' (Relu) and by whoever feeds the input of that name.",
    )
    const value = { name: 'value_float', type: AttributeType.FLOAT, f: 1 }
    const constant = { ...node('Constant', [], ['c']), attribute: [value] }
    expect(() => readModel(withNodes([constant, constant, node('Relu', ['c'], ['y'])]))).toThrow(
      "The value 'c' is made twice: by the node 'c' (Constant) and by an initializer or another constant.",
    )
  })

  it('with bodies in bodies in bodies … are refused, as each loop is followed twice', () => {
    const nested = (depth: number): ReturnType<typeof node> => {
      const inner = depth === 0 ? node('Relu', ['x'], ['y']) : nested(depth - 1)
      const body = { name: 'body', node: [inner], output: [{ name: 'y' }] }
      const attribute = [{ name: 'then_branch', type: AttributeType.GRAPH, g: body }]
      return { ...node('If', ['x'], ['y']), attribute } as ReturnType<typeof node>
    }
    expect(() => readModel(withNodes([nested(20)]))).toThrow('lie more than 8 deep within each other')
    expect(readModel(withNodes([nested(2)])).graph.nodes).toHaveLength(1)
  })

  it('whose inputs are larger than any tensor are refused', () => {
    const dim = [{ value: { case: 'dimValue' as const, value: 10n ** 12n } }]
    const type = { value: { case: 'tensorType' as const, value: { elemType: 1, shape: { dim } } } }
    expect(() => readModel(file({ graph: { name: 'g', input: [{ name: 'x', type }] } }))).toThrow(
      "The value 'x' is said to have 1000000000000 elements along axis 0; no tensor is so large.",
    )
  })

  it('with line breaks in their names are refused in one line', () => {
    expect(() => readModel(withNodes([node('Relu', ['go\n\tne'], ['y'])]))).toThrow("needs the value 'go ne'")
  })

  it('that make a value twice are refused', () => {
    const nodes = [node('Relu', ['x'], ['y']), node('Abs', ['x'], ['y'])]
    expect(() => readModel(withNodes(nodes))).toThrow(
      "The value 'y' is made twice: by the node 'y' (Abs) and by the node 'y' (Relu).",
    )
  })

  it('have constants as initializers, and no input that is one', () => {
    const value = { name: 'value_floats', type: AttributeType.FLOATS, floats: [1, 2] }
    const constant = { ...node('Constant', [], ['c']), attribute: [value] }
    const message = file({
      graph: {
        name: 'g',
        node: [constant, node('Add', ['w', 'c'], ['y'])],
        input: [{ name: 'x' }, { name: 'w' }],
        output: [{ name: 'y' }],
        initializer: [{ name: 'w', dims: [2n], dataType: TensorProto_DataType.FLOAT, floatData: [3, 4] }],
      },
    })
    const { graph } = readModel(message)
    expect(graph.initializers.get('c')).toEqual(float32Tensor([2], Float32Array.of(1, 2)))
    expect(graph.inputs.map((input) => input.name)).toEqual(['x'])
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Add'])
  })

  it('take the huge ends that mean "to the last" as the largest exact integer', () => {
    const ends = (value: bigint) => ({ name: 'ends', type: AttributeType.INTS, ints: [value] })
    const read = (value: bigint) =>
      readModel(
        file({
          graph: {
            name: 'g',
            node: [{ ...node('Custom', ['x'], ['y']), domain: 'test', attribute: [ends(value)] }],
            input: [{ name: 'x' }],
            output: [{ name: 'y' }],
          },
        }),
      ).graph.nodes[0]?.attributes['ends']?.value
    expect(read(2n ** 63n - 1n)).toEqual([Number.MAX_SAFE_INTEGER])
    expect(() => read(2n ** 53n + 1n)).toThrow("The attribute 'ends' of the node 'y' (Custom) is 9007199254740993")
  })

  it('that cannot be understood whole are refused: functions, sparse weights, unknown versions', () => {
    const graph = { name: 'g' }
    expect(() => readModel(file({ graph, functions: [{ name: 'Mine' }] }))).toThrow(/functions of its own \(Mine\)/)
    expect(() => readModel(file({ graph: { name: 'g', sparseInitializer: [{ values: { name: 's' } }] } }))).toThrow(
      "The initializer 's' is sparse",
    )
    expect(() => readModel(file({ graph, opsetImport: [{ domain: '', version: 5n }] }))).toThrow('operator set 5')
    expect(() => readModel(file({ graph, opsetImport: [{ domain: '', version: 99n }] }))).toThrow('operator set 99')
    expect(() => readModel(file({}))).toThrow('The file holds no graph')
  })
})
