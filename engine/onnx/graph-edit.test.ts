import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capturedNames, pruneGraph, renameValues, requiredNames, topologicalOrder } from './graph-edit.ts'
import { GraphBuilder } from './graph-builder.ts'
import { type Graph, type Node, float32Tensor } from './graph.ts'

function node(output: string, inputs: readonly string[], body?: Graph): Node {
  const attributes = body === undefined ? {} : { body: { kind: 'graph' as const, value: body } }
  return { opType: 'Any', domain: '', name: output, inputs, outputs: [output], attributes }
}

/** A body that reads its own input, its own constant and two values from outside, one of them as its output. */
function body(): Graph {
  const builder = new GraphBuilder()
  builder.input({ name: 'own', type: undefined })
  builder.initializer('ownConstant', float32Tensor([], Float32Array.of(1)))
  builder.add(node('inside', ['own', 'ownConstant', 'outside']))
  builder.output({ name: 'inside', type: undefined })
  builder.output({ name: 'passed', type: undefined })
  return builder.build('body')
}

describe('what a node needs', () => {
  it('is its inputs, and what its bodies take from outside', () => {
    expect(requiredNames(node('loop', ['state', ''], body()))).toEqual(['state', 'outside', 'passed'])
    expect(capturedNames(body())).toEqual(['outside', 'passed'])
  })
})

describe('topological order', () => {
  const chain = fc.integer({ min: 1, max: 30 }).chain((count) =>
    fc.record({
      sources: fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: count, maxLength: count }),
      keys: fc.array(fc.double({ noNaN: true }), { minLength: count, maxLength: count }),
    }),
  )
  const build = (sources: readonly (readonly number[])[]): Node[] =>
    sources.map((picks, index) => node(`v${index}`, index === 0 ? ['x'] : picks.map((pick) => `v${pick % index}`)))

  it('puts every node after those it needs, whatever the order was', () => {
    fc.assert(
      fc.property(chain, ({ sources, keys }) => {
        const nodes = build(sources)
        const shuffled = nodes.toSorted((a, b) => (keys[nodes.indexOf(a)] ?? 0) - (keys[nodes.indexOf(b)] ?? 0))
        const ordered = topologicalOrder(shuffled)
        expect(new Set(ordered)).toEqual(new Set(nodes))
        const positions = new Map(ordered.map((each, index) => [each.name, index]))
        for (const each of ordered) {
          for (const name of each.inputs.filter((input) => input !== 'x')) {
            expect(positions.get(name)).toBeLessThan(positions.get(each.name) ?? -1)
          }
        }
      }),
      { seed: 5 },
    )
  })

  it('keeps an order that is right', () => {
    fc.assert(
      fc.property(chain, ({ sources }) => {
        const nodes = build(sources)
        expect(topologicalOrder(nodes)).toEqual(nodes)
      }),
      { seed: 6 },
    )
  })

  it('counts what a body takes from outside', () => {
    const ordered = topologicalOrder([node('loop', [], body()), node('outside', []), node('passed', [])])
    expect(ordered.map(({ name }) => name)).toEqual(['outside', 'passed', 'loop'])
  })

  it('goes deeper than the call stack', () => {
    const nodes = Array.from({ length: 20_000 }, (_, index) => node(`v${index}`, [index === 0 ? 'x' : `v${index - 1}`]))
    expect(topologicalOrder(nodes.toReversed())).toEqual(nodes)
  })
})

describe('pruning', () => {
  it('drops the nodes and constants no output needs, and keeps the inputs', () => {
    const builder = new GraphBuilder()
    for (const name of ['x', 'unused']) builder.input({ name, type: undefined })
    for (const name of ['w', 'gone', 'outside']) builder.initializer(name, float32Tensor([], Float32Array.of(1)))
    builder.add(node('a', ['x', 'w']))
    builder.add(node('passed', ['x']))
    builder.add(node('b', ['a', 'gone']))
    builder.add(node('c', ['a'], body()))
    builder.output({ name: 'b', type: undefined })
    const pruned = pruneGraph(builder.build('g'), [{ name: 'c', type: undefined }])
    expect(pruned.nodes.map(({ name }) => name)).toEqual(['a', 'passed', 'c'])
    expect([...pruned.initializers.keys()]).toEqual(['w', 'outside'])
    expect(pruned.inputs.map(({ name }) => name)).toEqual(['x', 'unused'])
    expect(pruned.outputs.map(({ name }) => name)).toEqual(['c'])
  })
})

describe('renaming', () => {
  it('reaches inputs, outputs, constants, nodes and bodies', () => {
    const builder = new GraphBuilder()
    builder.input({ name: 'outside', type: undefined })
    builder.initializer('passed', float32Tensor([], Float32Array.of(1)))
    builder.add(node('y', ['outside'], body()))
    builder.output({ name: 'y', type: undefined })
    const names = new Map(['outside', 'passed', 'y', 'inside'].map((name) => [name, `net/${name}`]))
    const renamed = renameValues(builder.build('g'), names)
    expect(renamed.inputs[0]?.name).toBe('net/outside')
    expect(renamed.outputs[0]?.name).toBe('net/y')
    expect([...renamed.initializers.keys()]).toEqual(['net/passed'])
    expect(renamed.nodes[0]).toMatchObject({ inputs: ['net/outside'], outputs: ['net/y'] })
    const inner = renamed.nodes[0]?.attributes['body']
    expect(inner?.kind === 'graph' ? capturedNames(inner.value) : []).toEqual(['net/outside', 'net/passed'])
  })
})
