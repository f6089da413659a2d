import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesPerElement, viewAs } from './data-types.ts'
import {
  type Attribute,
  type DataType,
  type Graph,
  type Model,
  type Node,
  type Tensor,
  type TensorType,
  type ValueInfo,
  elementCount,
} from './graph.ts'
import { readModel } from './read-model.ts'
import { writeModel } from './write-model.ts'

const fixedWidthTypes = [
  ...['float32', 'float64', 'float16', 'bfloat16', 'int8', 'uint8', 'int16', 'uint16'],
  ...['int32', 'uint32', 'int64', 'uint64', 'bool'],
] as Exclude<DataType, 'string'>[]

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const tensorDims = fc.array(fc.nat({ max: 4 }), { maxLength: 4 })

const fixedWidthTensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.constantFrom(...fixedWidthTypes), tensorDims)
  .chain(([dataType, dims]) => {
    const length = elementCount(dims) * bytesPerElement(dataType)
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => ({ dataType, dims, data: viewAs(dataType, new Uint8Array(bytes).buffer) }))
  })
const stringTensor: fc.Arbitrary<Tensor> = fc
  .array(text, { maxLength: 5 })
  .map((data) => ({ dataType: 'string', dims: [data.length], data }))
const tensor = fc.oneof({ weight: 6, arbitrary: fixedWidthTensor }, { weight: 1, arbitrary: stringTensor })

const dimension = fc.oneof(
  fc.nat(),
  name.filter((candidate) => !['?', '-1', 'none', 'n/a'].includes(candidate.toLowerCase())),
)
const type: fc.Arbitrary<TensorType> = fc.record({
  dataType: fc.constantFrom<DataType>(...fixedWidthTypes, 'string'),
  dims: fc.array(dimension, { maxLength: 4 }),
})

/** What a file may say of an input: all, the element type alone, or nothing. */
const statedType: fc.Arbitrary<Omit<ValueInfo, 'name'>> = fc.oneof(
  type.map((known) => ({ type: known })),
  type.map(({ dataType }) => ({ type: undefined, dataType })),
  fc.constant({ type: undefined }),
)

const float = fc.float({ noNaN: true })
const integer = fc.maxSafeInteger()
const plainAttribute: fc.Arbitrary<Attribute> = fc.oneof(
  float.map((value) => ({ kind: 'float' as const, value })),
  integer.map((value) => ({ kind: 'int' as const, value })),
  text.map((value) => ({ kind: 'string' as const, value })),
  tensor.map((value) => ({ kind: 'tensor' as const, value })),
  fc.array(float, { maxLength: 4 }).map((value) => ({ kind: 'floats' as const, value })),
  fc.array(integer, { maxLength: 4 }).map((value) => ({ kind: 'ints' as const, value })),
  fc.array(text, { maxLength: 4 }).map((value) => ({ kind: 'strings' as const, value })),
)

/** A chain of nodes in a domain of their own (no upgrade, no meaning): each reads any earlier value. */
function graph(prefix: string, outer: readonly string[], depth: number): fc.Arbitrary<Graph> {
  return fc
    .record({
      inputs: fc.array(statedType, { minLength: 1, maxLength: 3 }),
      tensors: fc.array(tensor, { maxLength: 3 }),
      picks: fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      documentation: text,
    })
    .chain(({ inputs, tensors, picks, documentation }) => {
      const inputNames = inputs.map((_, index) => `${prefix}input${index}`)
      const initializers = new Map(tensors.map((value, index) => [`${prefix}weight${index}`, value]))
      const known = [...outer, ...inputNames, ...initializers.keys()]
      const body = depth > 0 ? [graph(`${prefix}body/`, known, depth - 1)] : []
      const attribute = fc.oneof(
        { weight: 8, arbitrary: plainAttribute },
        ...body.map((arbitrary) => ({
          weight: 1,
          arbitrary: arbitrary.map((value) => ({ kind: 'graph' as const, value })),
        })),
      )
      const attributes = fc.dictionary(name, attribute, { maxKeys: 3, noNullPrototype: true })
      return fc.tuple(...picks.map(() => fc.tuple(name, attributes))).map((details): Graph => {
        const nodes: Node[] = []
        for (const [index, pick] of picks.entries()) {
          const [nodeName, nodeAttributes] = details[index] as [string, Record<string, Attribute>]
          const choices = ['', ...known, ...nodes.flatMap((node) => node.outputs)]
          nodes.push({
            opType: 'Anything',
            domain: 'test.example',
            name: nodeName,
            inputs: pick.map((choice) => choices[choice % choices.length] as string),
            outputs: [`${prefix}value${index}`],
            attributes: nodeAttributes,
          })
        }
        return {
          name: `${prefix}graph`,
          nodes,
          inputs: inputs.map((stated, index) => ({ name: inputNames[index] as string, ...stated })),
          outputs: [{ name: `${prefix}value0`, type: undefined }],
          initializers,
          documentation,
        }
      })
    })
}

const model: fc.Arbitrary<Model> = fc.record({
  graph: graph('', [], 1),
  producerName: text,
  producerVersion: text,
  originalOpset: fc.constant(18),
  otherOpsets: fc.nat({ max: 9 }).map((version) => ({ 'test.example': version + 1 })),
  metadata: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
})

describe('writing a model and reading it again', () => {
  it('gives the same model: every tensor type, attribute kind, body, name and text', () => {
    fc.assert(
      fc.property(model, (original) => {
        expect(readModel(writeModel(original))).toEqual(original)
      }),
      { numRuns: 150, seed: 1 },
    )
  })

  it('gives tensors that share no memory with the file', () => {
    const data = Float32Array.of(1, 2, 3)
    const bytes = writeModel({
      graph: {
        name: 'weights',
        nodes: [],
        inputs: [],
        outputs: [],
        initializers: new Map([['w', { dataType: 'float32', dims: [3], data }]]),
        documentation: '',
      },
    })
    const tensorRead = readModel(bytes).graph.initializers.get('w')
    bytes.fill(0)
    expect(tensorRead?.data).toEqual(data)
    expect((tensorRead?.data as Float32Array).buffer.byteLength).toBe(12)
  })

  it('reads from a slice of a larger Buffer', () => {
    fc.assert(
      fc.property(model, (original) => {
        const bytes = writeModel(original)
        const larger = Buffer.alloc(bytes.length + 7, 0xff)
        larger.set(bytes, 3)
        expect(readModel(larger.subarray(3, 3 + bytes.length))).toEqual(original)
      }),
      { numRuns: 20, seed: 2 },
    )
  })
})
