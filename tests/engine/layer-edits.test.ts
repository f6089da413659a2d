import { describe, expect, it } from 'vitest'
import { describeArchitecture } from '../../engine/architectures/describe-architecture.ts'
import { presets } from '../../engine/architectures/presets/presets.ts'
import {
  type Architecture,
  architectureSchema,
  IMAGE,
  type InputShape,
  type LayerKind,
} from '../../engine/protocol/architecture.ts'
import { type RandomStream, randomStream } from '../../engine/random/stream.ts'
import { addBranch, addShortcut } from '../../renderer/architecture/branching.ts'
import { type EditHistory, record, redo, startHistory, undo } from '../../renderer/architecture/edit-history.ts'
import { duplicateLayers, insertLayer, moveLayers, removeLayers } from '../../renderer/architecture/layer-edits.ts'

const kinds = architectureSchema.shape.layers.element.options.map(({ shape }) => shape.kind.value)
/** Which give what they read: wherever one of them is, the network around it is as it was. */
const keepsShape: readonly LayerKind[] = ['relu', 'batchNorm', 'dropout']
const table = presets.map(({ architecture, input }) => ({ name: architecture.name, architecture, input }))
const one = (at: number) => ({ first: at, last: at })

/** About so many positions of a list, its ends among them. */
function positions(count: number, most: number): number[] {
  const step = Math.max(1, Math.floor(count / most))
  return Array.from({ length: count }, (_, at) => at).filter((at) => at % step === 0 || at === count - 1)
}

function shapesOf(architecture: Architecture, input: InputShape): Map<string, readonly number[]> {
  const { layers } = describeArchitecture(architecture, input)
  const image = [input.channels, input.height, input.width]
  return new Map([[IMAGE, image], ...layers.map(({ name, outputShape }) => [name, outputShape] as const)])
}

function anyEdit(architecture: Architecture, input: InputShape, stream: RandomStream): Architecture {
  const count = architecture.layers.length
  const first = stream.integer(count)
  const range = { first, last: Math.min(count - 1, first + stream.integer(4)) }
  switch (stream.integer(6)) {
    case 0:
      return insertLayer(architecture, stream.integer(count + 1), kinds[stream.integer(kinds.length)] ?? 'relu')
    case 1:
      return removeLayers(architecture, range)
    case 2:
      return duplicateLayers(architecture, range)
    case 3:
      return addShortcut(architecture, range, shapesOf(architecture, input))
    case 4:
      return addBranch(architecture, range, shapesOf(architecture, input))
    default:
      return moveLayers(architecture, range, stream.integer(count))
  }
}

/** Every name is one layer's, and every layer stands behind what it reads. */
function requireOrder({ layers }: Architecture): void {
  const known = new Set([IMAGE])
  for (const { name, from } of layers) {
    expect(known.has(name), `"${name}" twice`).toBe(false)
    for (const read of from ?? []) expect(known.has(read), `"${name}" reads "${read}"`).toBe(true)
    known.add(name)
  }
}

describe.each(table)('any edits of $name', ({ name, architecture, input }) => {
  it('leave names that exist and a network that is right or says where it is not, and undo leads back', () => {
    const stream = randomStream(1, 'edits', name)
    let history: EditHistory<Architecture> = startHistory(architecture)
    let right = 0
    for (let edit = 0; edit < 60; edit++) {
      const next = anyEdit(history.present, input, stream)
      history = record(history, next)
      requireOrder(next)
      expect(architectureSchema.safeParse(next).error).toBeUndefined()
      const { error } = describeArchitecture(next, input)
      if (error === undefined) right++
      else {
        expect(next.layers.map((layer) => layer.name)).toContain(error.layer)
        expect(error.message).toContain(`"${error.layer}"`)
      }
      // Broken a few edits long, then right again: else all that follows only tells of the first mistake.
      const isRight = () => describeArchitecture(history.present, input).error === undefined
      while (edit % 6 === 5 && !isRight()) history = undo(history)
    }
    expect(right).toBeGreaterThan(0)
    const edited = history.present
    const { length } = history.past
    for (let step = 0; step < length; step++) history = undo(history)
    expect(history.present).toBe(architecture)
    for (let step = 0; step < length; step++) history = redo(history)
    expect(history.present).toBe(edited)
  })
})

describe.each(table)('a layer that changes no size, in $name,', ({ architecture, input }) => {
  const whole = describeArchitecture(architecture, input)

  it.each(keepsShape)('can be put in at any place and taken out again: %s', (kind) => {
    for (const at of positions(architecture.layers.length + 1, 24)) {
      const put = insertLayer(architecture, at, kind)
      expect(describeArchitecture(put, input).error, `at ${at}`).toBeUndefined()
      expect(describeArchitecture(removeLayers(put, one(at)), input), `at ${at}`).toEqual(whole)
    }
  })

  it('can be moved to any place', () => {
    const layers = positions(architecture.layers.length, 30).filter((at) =>
      keepsShape.includes(architecture.layers[at]?.kind ?? 'conv'),
    )
    for (const at of layers) {
      for (const to of positions(architecture.layers.length, 8)) {
        const moved = moveLayers(architecture, one(at), to)
        expect(describeArchitecture(moved, input).error, `${at} to ${to}`).toBeUndefined()
      }
    }
  })
})

describe('a block', () => {
  const blocks = [
    // conv1, norm, relu, conv2, norm, sum, relu
    { name: 'resnet18', first: 'stage1_2_conv1', last: 'stage1_2_relu', copy: 'stage1_3_conv1' },
    { name: 'resnet50', first: 'stage2_2_conv1', last: 'stage2_2_relu', copy: 'stage2_5_conv1' },
    { name: 'resnet20-cifar', first: 'stage3_2_conv1', last: 'stage3_3_relu', copy: 'stage4_2_conv1' },
  ]

  it.each(blocks)('of $name can be copied, moved and removed whole', ({ name, first, last, copy }) => {
    const preset = table.find((row) => row.name === name)
    if (!preset) throw new Error(`There is no preset "${name}".`)
    const { architecture, input } = preset
    const at = (of: string) => architecture.layers.findIndex((layer) => layer.name === of)
    const range = { first: at(first), last: at(last) }
    const size = range.last - range.first + 1
    const whole = describeArchitecture(architecture, input)
    const counted = whole.layers.slice(range.first, range.last + 1)
    const own = counted.reduce((sum, { parameters }) => sum + parameters, 0)

    const twice = duplicateLayers(architecture, range)
    expect(twice.layers[range.last + 1]?.name).toBe(copy)
    expect(describeArchitecture(twice, input)).toMatchObject({ parameters: whole.parameters + own })
    expect(describeArchitecture(twice, input).error).toBeUndefined()
    const copied = { first: range.last + 1, last: range.last + size }
    expect(describeArchitecture(removeLayers(twice, copied), input)).toEqual(whole)

    const without = describeArchitecture(removeLayers(architecture, range), input)
    expect(without).toMatchObject({ parameters: whole.parameters - own })
    expect(without.error).toBeUndefined()

    const earlier = moveLayers(twice, copied, range.first)
    expect(earlier.layers[range.first]?.name).toBe(copy)
    expect(describeArchitecture(earlier, input).error).toBeUndefined()
    expect(describeArchitecture(earlier, input).parameters).toBe(whole.parameters + own)
  })

  it.each(['vgg11', 'lenet5'])('of %s can have a shortcut or a branch around it, at any convolution', (name) => {
    const preset = table.find((row) => row.name === name)
    if (!preset) throw new Error(`There is no preset "${name}".`)
    const { architecture, input } = preset
    const shapes = shapesOf(architecture, input)
    architecture.layers.forEach(({ kind, name: of }, at) => {
      if (kind !== 'conv') return
      const around = { first: at, last: at + 1 }
      expect(describeArchitecture(addShortcut(architecture, around, shapes), input).error, of).toBeUndefined()
      expect(describeArchitecture(addBranch(architecture, around, shapes), input).error, of).toBeUndefined()
    })
  })
})
