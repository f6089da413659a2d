import { describe, expect, it } from 'vitest'
import type { ModelNode } from '../../engine/protocol/models.ts'
import { fixtureModel } from '../gallery/fixture-model.ts'
import type { GraphItem } from './graph-items.ts'
import { outlineOf } from './graph-outline.ts'
import { initiallyOpened, visibleGraph } from './visible-graph.ts'
import type { GraphTexts } from './visible-graph.ts'

const texts: GraphTexts = {
  block: (number) => `Block ${number}`,
  nodes: (count) => `${count} nodes`,
  alike: (count) => `${count} alike`,
  input: 'Input',
  output: 'Output',
}

/** Nodes written 'id = Operator(a, b)', one a line. */
function nodesOf(program: string, layers: readonly string[] = []): ModelNode[] {
  return program
    .trim()
    .split('\n')
    .map((line) => {
      const [, id = '', operator = '', inputs = ''] = /^\s*(\S+) = (\w+)\((.*)\)$/.exec(line) ?? []
      const layer = layers.includes(id) ? { layer: id } : {}
      return { id, name: id, operator, inputs: inputs.split(', ').filter(Boolean), ...layer }
    })
}

/** Groups as nested lists of node ids. */
function shape(items: readonly GraphItem[]): unknown[] {
  return items.map((item) => (item.kind === 'node' ? item.id : { [item.origin]: shape(item.members) }))
}

const fire = (name: string, from: string): string => `
  ${name}/squeeze = Conv(${from})
  ${name}/squeeze_relu = Relu(${name}/squeeze)
  ${name}/left = Conv(${name}/squeeze_relu)
  ${name}/left_relu = Relu(${name}/left)
  ${name}/right = Conv(${name}/squeeze_relu)
  ${name}/right_relu = Relu(${name}/right)
  ${name}/concat = Concat(${name}/left_relu, ${name}/right_relu)`

describe('the groups of a network', () => {
  it('are named after a layer that is called as the block itself', () => {
    const inception = (name: string, from: string): string => `
      ${name}_1x1 = Conv(${from})
      ${name}_3x3_reduce = Conv(${from})
      ${name}_3x3 = Conv(${name}_3x3_reduce)
      ${name} = Concat(${name}_1x1, ${name}_3x3)`
    const program = `conv1 = Conv(input:x)${inception('block_3a', 'conv1')}${inception('block_3b', 'block_3a')}`
    const all = nodesOf(program).map((node) => ({ ...node, layer: node.id }))
    const titles = [...outlineOf(all, true).groups.values()].map(({ group }) => group.title)
    expect(titles).toEqual(['block_3a', 'block_3b'])
  })

  it('join a layer with what follows it alone, but not with what others read too', () => {
    const nodes = nodesOf(`
      conv1 = Conv(input:x)
      bn1 = BatchNormalization(conv1)
      relu1 = Relu(bn1)
      conv2 = Conv(relu1)
      relu2 = Relu(conv2)
      sum = Add(conv2, relu2)`)
    expect(shape(outlineOf(nodes).items)).toEqual([{ chain: ['conv1', 'bn1', 'relu1'] }, 'conv2', 'relu2', 'sum'])
  })

  it('are the branches between two places where all passes through one value, named after their layers', () => {
    const program = `
      conv1 = Conv(input:x)
      pool1 = MaxPool(conv1)
      ${fire('fire2', 'pool1').trim()}
      ${fire('fire3', 'fire2/concat').trim()}
      pool2 = MaxPool(fire3/concat)
      last = Conv(pool2)
      mean = GlobalAveragePool(last)
      flat = Flatten(mean)`
    const layers = ['fire2', 'fire3'].flatMap((name) => ['squeeze', 'left', 'right'].map((part) => `${name}/${part}`))
    const outline = outlineOf(nodesOf(program, layers))
    const blocks = outline.items.filter((item) => item.kind === 'group')
    // Everything passes through the squeezing layer, which belongs to its block by name alone.
    expect(blocks.map((item) => item.title)).toEqual(['fire2', 'fire3'])
    const facts = [...outline.groups.values()].find(({ group }) => group.title === 'fire3')
    expect(facts).toMatchObject({ alike: 2, number: 2 })
    expect(facts?.nodes.map(({ id }) => id)).toEqual([
      'fire3/squeeze',
      'fire3/squeeze_relu',
      'fire3/left',
      'fire3/left_relu',
      'fire3/right',
      'fire3/right_relu',
      'fire3/concat',
    ])
  })

  it('take the activation after a residual block into it', () => {
    const block = (name: string, from: string): string => `
      ${name}a = Conv(${from})
      ${name}b = Conv(${name}a)
      ${name}sum = Add(${name}b, ${from})
      ${name}relu = Relu(${name}sum)`
    const nodes = nodesOf(`
      stem = MaxPool(input:x)
      ${block('a', 'stem').trim()}
      ${block('b', 'arelu').trim()}
      end = GlobalAveragePool(brelu)`)
    expect(shape(outlineOf(nodes).items)).toEqual([
      'stem',
      { block: ['aa', 'ab', 'asum', 'arelu'] },
      { block: ['ba', 'bb', 'bsum', 'brelu'] },
      'end',
    ])
  })

  it('are the modules the file names, those of one part left out', () => {
    const { items, around } = outlineOf(fixtureModel(2).nodes)
    expect(items.map(({ id }) => id)).toEqual([
      'chain:conv1.out',
      'maxpool',
      'scope:layer1',
      'scope:layer2',
      'pool',
      'flatten',
      'logits',
    ])
    expect(around.get('layer2.0.bn3')).toEqual(['scope:layer2', 'scope:layer2.0', 'chain:layer2.0.downsample.out'])
  })

  it('hold every node exactly once', () => {
    const model = fixtureModel(5)
    const { around } = outlineOf(model.nodes)
    expect([...around.keys()].toSorted()).toEqual(model.nodes.map(({ id }) => id).toSorted())
  })
})

describe('what is drawn', () => {
  it('is every node of a small network, and few boxes of a large one', () => {
    const boxesOf = (stages: number): number => {
      const model = fixtureModel(stages)
      const outline = outlineOf(model.nodes)
      const { boxes } = visibleGraph(outline, model, initiallyOpened(outline), texts)
      return boxes.filter(({ form }) => form !== 'open').length
    }
    expect(boxesOf(1)).toBe(7 + 14 + 2)
    expect(boxesOf(32)).toBeLessThan(70)
  })

  it('leads edges to the folded group around a node, once however many values go there', () => {
    const model = fixtureModel(2)
    const outline = outlineOf(model.nodes)
    const { boxes, edges } = visibleGraph(outline, model, new Set(['scope:layer2']), texts)
    expect(edges.map(({ id }) => id)).toEqual([
      'input:image→chain:conv1.out',
      'chain:conv1.out→maxpool',
      'maxpool→scope:layer1',
      'scope:layer1→scope:layer2.0',
      'scope:layer2.0→scope:layer2.1',
      'scope:layer2.1→pool',
      'pool→flatten',
      'flatten→logits',
      'logits→output:logits',
    ])
    expect(edges[3]?.shape).toBe('N×64×56×56')
    expect(boxes.find(({ id }) => id === 'scope:layer2.1')).toMatchObject({
      form: 'folded',
      parent: 'scope:layer2',
      detail: '7 nodes, 3 alike',
      layer: 'layer2.1.conv1',
    })
  })
})
