import { describe, expect, it } from 'vitest'
import ELK from 'elkjs/lib/elk.bundled.js'
import { boxSize, edgePath, fromElk, toElk } from './graph-layout.ts'
import type { PlacedBox, PlacedGraph } from './graph-layout.ts'
import { graphPicture } from './graph-picture.ts'
import type { GraphColours } from './graph-picture.ts'
import { searchNodes } from './graph-search.ts'
import { walk } from './graph-walk.ts'
import type { GraphBox, VisibleGraph } from './visible-graph.ts'

function box(id: string, parent?: string, form: GraphBox['form'] = 'node'): GraphBox {
  return { id, form, kind: 'convolution', parent, title: id, size: '', detail: '', nodes: [id] }
}

const visible: VisibleGraph = {
  boxes: [box('a'), box('frame', undefined, 'open'), box('b', 'frame'), box('c', 'frame'), box('d')],
  edges: [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'd'],
    ['c', 'd'],
  ].map(([source = '', target = '']) => ({
    id: `${source}→${target}`,
    source,
    target,
    shape: source === 'a' ? '8×8' : '',
  })),
}

const placedBox = (id: string, x: number, y: number): PlacedBox => ({ ...box(id), x, y, width: 100, height: 40 })
const placed: PlacedGraph = {
  width: 300,
  height: 300,
  boxes: [placedBox('a', 100, 0), placedBox('b', 0, 100), placedBox('c', 200, 100), placedBox('d', 100, 200)],
  edges: visible.edges.map((edge) => ({
    ...edge,
    points: [
      { x: 0, y: 0 },
      { x: 0, y: 20 },
      { x: 30, y: 20 },
    ],
    showsShape: edge.id === 'a→b',
  })),
}

describe('the arrangement of a graph', () => {
  it('is asked for with frames around their members', () => {
    const elk = toElk(visible)
    expect(elk.children?.map(({ id }) => id)).toEqual(['a', 'frame', 'd'])
    expect(elk.children?.[1]?.children?.map(({ id }) => id)).toEqual(['b', 'c'])
    expect(elk.edges?.length).toBe(4)
  })

  it('gives the frame of one narrow box room for its title', async () => {
    const frame = { ...box('frame', undefined, 'open'), title: 'Conv · Relu', size: '7×7, 8', detail: '2 nodes' }
    const answer = await new ELK().layout(toElk({ boxes: [frame, box('b', 'frame')], edges: [] }))
    const [drawn, inner] = fromElk({ boxes: [frame, box('b', 'frame')], edges: [] }, answer).boxes
    expect(drawn?.width).toBe(boxSize({ ...frame, detail: '' }).width)
    expect(drawn?.width).toBeGreaterThan((inner?.width ?? Infinity) + 40)
    expect(drawn?.height).toBeLessThan(100)
  })

  it('is read wherever the answer keeps an edge, and says each shape once', () => {
    const section = { id: 's', startPoint: { x: 1, y: 2 }, endPoint: { x: 3, y: 4 }, bendPoints: [{ x: 1, y: 4 }] }
    const at = { x: 0, y: 0, width: 10, height: 10 }
    const answer = fromElk(visible, {
      id: 'root',
      width: 50,
      height: 60,
      children: [
        { id: 'a', ...at },
        {
          id: 'frame',
          ...at,
          children: [
            { id: 'b', ...at },
            { id: 'c', ...at },
          ],
        },
        { id: 'd', ...at },
      ],
      edges: visible.edges.map(({ id, source, target }) => ({
        id,
        sources: [source],
        targets: [target],
        sections: [section],
      })),
    })
    expect(answer.boxes.length).toBe(5)
    expect(answer.edges[0]?.points).toEqual([
      { x: 1, y: 2 },
      { x: 1, y: 4 },
      { x: 3, y: 4 },
    ])
    expect(answer.edges.map(({ showsShape }) => showsShape)).toEqual([true, false, false, false])
  })

  it('rounds the corners of an edge but never more than half of a short piece', () => {
    expect(edgePath(placed.edges[0]?.points ?? [])).toBe('M0,0L0,14Q0,20 6,20L30,20')
    expect(
      edgePath([
        { x: 0, y: 0 },
        { x: 0, y: 4 },
        { x: 30, y: 4 },
      ]),
    ).toBe('M0,0L0,2Q0,4 6,4L30,4')
  })
})

describe('walking through a graph', () => {
  it('goes down to what reads a box, up to what it reads, and sideways to what stands beside it', () => {
    expect(walk(placed, undefined, 'ArrowDown')).toBe('a')
    expect(walk(placed, 'b', 'ArrowDown')).toBe('d')
    expect(walk(placed, 'b', 'ArrowUp')).toBe('a')
    expect(walk(placed, 'b', 'ArrowRight')).toBe('c')
    expect(walk(placed, 'b', 'ArrowLeft')).toBeUndefined()
    expect(walk(placed, 'a', 'ArrowUp')).toBeUndefined()
    expect(walk(placed, 'b', 'End')).toBe('d')
  })
})

describe('searching a graph', () => {
  const nodes = [
    { id: '1', name: 'stem', operator: 'Conv', inputs: [], layer: 'layer1.conv' },
    { id: '2', name: 'act', operator: 'Relu', inputs: [], scope: 'layer1' },
  ]
  it('finds names, layers, operators and modules that hold every word', () => {
    expect(searchNodes(nodes, 'LAYER1').map(({ id }) => id)).toEqual(['1', '2'])
    expect(searchNodes(nodes, 'layer1 relu').map(({ id }) => id)).toEqual(['2'])
    expect(searchNodes(nodes, ' ')).toEqual([])
  })
})

describe('the picture of a graph', () => {
  const kinds = { convolution: '#0072b2' } as GraphColours['kinds']
  const colours: GraphColours = {
    background: '#fff',
    box: '#fff',
    frame: '#eee',
    border: '#888',
    edge: '#888',
    text: '#000',
    detail: '#444',
    kinds,
    fontFamily: "'Inter Variable', sans-serif",
  }
  it('holds every box, edge and shape, with names that cannot break it', () => {
    const named = placed.boxes.map((shown) => (shown.id === 'a' ? { ...shown, title: '<b> & "q"' } : shown))
    const svg = graphPicture({ ...placed, boxes: named }, colours, 'model')
    expect(svg).toContain('&lt;b&gt; &amp; &quot;q&quot;')
    expect(svg.match(/<path /g)?.length).toBe(4)
    expect(svg.match(/8×8/g)?.length).toBe(1)
    expect(svg.match(/fill="#0072b2"/g)?.length).toBe(4)
  })
})
