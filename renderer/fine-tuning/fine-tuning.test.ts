import { describe, expect, it } from 'vitest'
import { fixtureModel, fixtureObstructedModel } from '../gallery/fixture-model.ts'
import { fixtureSummary } from '../gallery/fixture-pictures.ts'
import { findBlocker } from './blockers.ts'
import type { TuningChoices } from './blockers.ts'
import { allButHead, groupLayers, upTo } from './freezing.ts'
import { pictureSizeFor } from './picture-size.ts'
import { choiceOf, choicesFor } from './preprocessing-choices.ts'

const model = fixtureModel(2)
const unit = choicesFor(3).get('unit')
const choices: TuningChoices = { preprocessing: unit, head: 'replace', frozen: new Set() }

describe('how pictures are prepared', () => {
  it('is recognised among the usual choices, also from rounded numbers', () => {
    for (const channels of [1, 3]) {
      for (const [choice, preprocessing] of choicesFor(channels)) expect(choiceOf(preprocessing, channels)).toBe(choice)
    }
    const rounded = {
      colourOrder: 'rgb',
      mean: [123.68, 116.28, 103.53],
      standardDeviation: [58.4, 57.1, 57.4],
    } as const
    expect(
      choiceOf({ ...rounded, mean: [...rounded.mean], standardDeviation: [...rounded.standardDeviation] }, 3),
    ).toBe('imagenet')
    expect(choiceOf({ colourOrder: 'rgb', mean: [1, 2, 3], standardDeviation: [4, 5, 6] }, 3)).toBeUndefined()
  })

  it('tells BGR from RGB, which have the same means in another order', () => {
    const caffe = choicesFor(3).get('caffe')
    expect(caffe && choiceOf({ ...caffe, colourOrder: 'rgb' }, 3)).toBeUndefined()
  })
})

describe('freezing', () => {
  it('groups neighbouring layers by their outermost module', () => {
    expect(groupLayers(model.layers, model.nodes).map(({ name, layers }) => [name, layers.length])).toEqual([
      ['', 1],
      ['layer1', 4],
      ['layer2', 5],
      ['', 1],
    ])
  })

  it('groups nothing where the file names no modules', () => {
    const nodes = model.nodes.map(({ scope: _scope, ...node }) => node)
    expect(groupLayers(model.layers, nodes).length).toBe(1)
  })

  it('takes everything up to a layer, or everything but the head', () => {
    expect(upTo(model.layers, 'layer1.0.conv1')).toEqual(['conv1', 'layer1.0.conv1'])
    expect(allButHead(model.layers, 'fc')).not.toContain('fc')
    expect(allButHead(model.layers, 'fc').length).toBe(model.layers.length - 1)
  })
})

describe('what stands in the way of training', () => {
  it('is nothing for a classifier with its pictures prepared', () => {
    expect(findBlocker(model, choices, fixtureSummary)).toBeUndefined()
  })

  it('is a question that has not been answered', () => {
    expect(findBlocker(model, { ...choices, preprocessing: undefined }, fixtureSummary)?.kind).toBe('preprocessing')
  })

  it('are nodes without a gradient, until everything below them is frozen', () => {
    const cut = fixtureObstructedModel()
    expect(findBlocker(cut, choices, fixtureSummary)).toEqual({ kind: 'obstacles', count: 2, layer: 'layer1.0.conv1' })
    const frozen = new Set(upTo(cut.layers, 'layer1.0.conv1'))
    expect(findBlocker(cut, { ...choices, frozen }, fixtureSummary)).toBeUndefined()
  })

  it('is a head that is kept for another number of classes, or one that cannot be replaced', () => {
    expect(findBlocker(model, { ...choices, head: 'keep' }, fixtureSummary)).toEqual({
      kind: 'classes',
      model: 1000,
      data: 3,
    })
    const { head: _head, ...headless } = model
    expect(findBlocker(headless, choices, fixtureSummary)?.kind).toBe('headless')
  })

  it('is that nothing is left to learn', () => {
    const frozen = new Set(model.layers.map(({ name }) => name))
    const kept = { ...model, output: { ...model.output, classes: 3 } }
    expect(findBlocker(kept, { ...choices, head: 'keep', frozen }, fixtureSummary)?.kind).toBe('allFrozen')
    expect(findBlocker(model, { ...choices, frozen }, fixtureSummary)).toBeUndefined()
  })
})

describe('the size of pictures for a model', () => {
  const data = { width: 28, height: 28, channels: 1, fit: 'pad' } as const
  it('is the one the model has, in its channels', () => {
    expect(pictureSizeFor(model.image, data, 'crop')).toEqual({ width: 224, height: 224, channels: 3, fit: 'crop' })
  })

  it('is theirs where the model takes any, and nothing changes where they fit', () => {
    const free = { name: 'x', layout: 'nchw', channels: 3 } as const
    expect(pictureSizeFor(free, data, 'pad')).toEqual({ width: 28, height: 28, channels: 3, fit: 'pad' })
    expect(pictureSizeFor({ ...free, channels: 1 }, data, 'pad')).toBeUndefined()
  })
})
