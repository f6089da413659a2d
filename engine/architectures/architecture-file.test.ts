import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatArchitecture, parseArchitecture } from './architecture-file.ts'
import { architectureJsonSchema } from './architecture-json-schema.ts'
import { presets } from './presets/presets.ts'

const layer = (line: string) => `name: mine\nlayers:\n  - { kind: relu, name: first }\n  - ${line}\n`
const head = (fields: string, line = '{ kind: relu, name: x }') =>
  `${layer('{ kind: relu, name: last }')}heads: [{ ${fields}, layers: [${line}] }]\n`

describe('an architecture’s file', () => {
  it.each(presets.map(({ architecture }) => architecture))('holds all of $name', (architecture) => {
    expect(parseArchitecture(formatArchitecture(architecture))).toEqual(architecture)
  })

  it('is one layer a line, with one number where two are equal', () => {
    const [small] = presets
    expect(small && formatArchitecture(small.architecture).split('\n').slice(0, 5)).toEqual([
      'name: small',
      'layers:',
      '  - { kind: conv, name: conv1, filters: 8, kernel: 7, padding: 3 }',
      '  - { kind: relu, name: relu1 }',
      '  - { kind: maxPool, name: pool1, kernel: 2 }',
    ])
  })

  it('takes windows that are not square, and one name or several to read from', () => {
    const { layers } = parseArchitecture(layer('{ kind: conv, name: c, filters: 4, kernel: [5, 3], from: image }'))
    expect(layers[1]).toEqual({
      kind: 'conv',
      name: 'c',
      filters: 4,
      kernel: [5, 3],
      stride: [1, 1],
      padding: [0, 0],
      from: ['image'],
    })
  })

  it('reads heads as it reads layers, and writes them behind those', () => {
    const text = `${layer('{ kind: relu, name: last }')}heads:\n  - from: first\n    weight: 0.3\n    layers:\n      - { kind: averagePool, name: pool, kernel: 5, stride: 3 }\n`
    const architecture = parseArchitecture(text)
    expect(architecture.heads).toEqual([
      {
        from: 'first',
        weight: 0.3,
        layers: [{ kind: 'averagePool', name: 'pool', kernel: [5, 5], stride: [3, 3], padding: [0, 0] }],
      },
    ])
    expect(formatArchitecture(architecture)).toBe(text)
  })

  it.each([
    [head('weight: 0.3'), 'has a wrong "from" in head 1'],
    [head('from: first, weight: 0'), 'has a wrong "weight" in head 1'],
    [head('from: first, weigth: 1, weight: 1'), 'has a wrong head in head 1: unrecognized key: "weigth"'],
    [head('from: first, weight: 1', '{ kind: conv, name: x, kernel: 3 }'), 'no filters in layer 1 ("x") of head 1'],
    [head('from: first, weight: 1', '{ kind: relu, name: x, b: 1 }'), 'field "b" in layer 1 ("x") of head 1'],
  ])('says what is wrong with a head: %j', (text, part) => {
    expect(() => parseArchitecture(text)).toThrow(part)
  })

  it.each([
    ['name: [', 'is no YAML'],
    ['just words', 'holds no architecture'],
    ['name: mine', 'has a wrong "layers"'],
    [layer('{ kind: fold, name: x }'), 'has the unknown kind "fold" in layer 2 ("x"); the kinds are conv, relu,'],
    [layer('{ kind: conv, name: x, filters: 4, kernel: 0 }'), 'has kernel 0 in layer 2 ("x")'],
    [layer('{ kind: conv, name: x, kernel: 3 }'), 'has no filters in layer 2 ("x")'],
    [layer('{ kind: dropout, name: x, rate: 2 }'), 'has rate 2 in layer 2 ("x")'],
    [layer('{ kind: relu, name: x, pading: 1 }'), 'has the unknown field "pading" in layer 2 ("x")'],
    [layer('convolution'), 'layer at place 2'],
    [layer('&a [*a, *a]'), 'uses YAML aliases'],
  ])('says in one sentence what is wrong with %j', (text, part) => {
    expect(() => parseArchitecture(text)).toThrow(part)
  })

  it('is described by the JSON schema that editors use', async () => {
    const file = join(import.meta.dirname, '../../resources/architecture.schema.json')
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(architectureJsonSchema())
  })
})
