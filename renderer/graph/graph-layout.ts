import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api'
import type { GraphBox, GraphEdge, VisibleGraph } from './visible-graph.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface PlacedBox extends GraphBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface PlacedEdge extends GraphEdge {
  /** From the source's lower edge to the target's upper one. */
  readonly points: readonly Point[]
  /** Whether its shape is written at its start: once for each box, as all edges of one carry the same. */
  readonly showsShape: boolean
}

export interface PlacedGraph {
  readonly boxes: readonly PlacedBox[]
  readonly edges: readonly PlacedEdge[]
  readonly width: number
  readonly height: number
}

const ONE_LINE = 28
const TWO_LINES = 44
const FRAME_TITLE = 34
/** Mean widths of a character at 12 and 11 px in the interface's font. */
const TITLE_CHARACTER = 7.1
const DETAIL_CHARACTER = 6.3
const NARROWEST = 92
const WIDEST = 240
const SIDE_PADDING = 26
/** The button that opens a folded group, beside its title. */
const BUTTON = 24
/** The sign of a problem, there too. */
const MARK = 18

const options: Record<string, string> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '18',
  'elk.layered.spacing.nodeNodeBetweenLayers': '34',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  // One value leaves a box in one place, however many read it.
  'elk.layered.mergeEdges': 'true',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  // All coordinates are those of the whole drawing, however deep a box lies.
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=16,left=16,bottom=16,right=16]',
}
const frameOptions = {
  'elk.padding': `[top=${FRAME_TITLE},left=14,bottom=14,right=14]`,
  'elk.nodeSize.constraints': 'MINIMUM_SIZE',
}

/** The size a box needs for its words, in CSS pixels at full size. */
export function boxSize({
  form,
  title,
  size,
  detail,
  mark,
}: Pick<GraphBox, 'form' | 'title' | 'size' | 'detail' | 'mark'>): {
  readonly width: number
  readonly height: number
} {
  const first =
    (title.length + (size === '' ? 0 : size.length + 2)) * TITLE_CHARACTER +
    (form === 'folded' || form === 'open' ? BUTTON : 0) +
    (mark ? MARK : 0)
  const wanted = Math.max(first, detail.length * DETAIL_CHARACTER) + SIDE_PADDING
  return {
    width: Math.round(Math.min(WIDEST, Math.max(NARROWEST, wanted))),
    height: detail === '' ? ONE_LINE : TWO_LINES,
  }
}

/** The drawing as a problem for ELK. */
export function toElk({ boxes, edges }: VisibleGraph): ElkNode {
  const nodes = new Map(boxes.map((box): [string, ElkNode] => [box.id, elkNode(box)]))
  const roots: ElkNode[] = []
  for (const { id, parent } of boxes) {
    const node = nodes.get(id)
    if (node === undefined) continue
    const frame = parent === undefined ? undefined : nodes.get(parent)
    if (frame === undefined) roots.push(node)
    else frame.children = [...(frame.children ?? []), node]
  }
  const elkEdges = edges.map(({ id, source, target }): ElkExtendedEdge => ({
    id,
    sources: [source],
    targets: [target],
  }))
  return { id: 'root', layoutOptions: options, children: roots, edges: elkEdges }
}

function elkNode(box: GraphBox): ElkNode {
  if (box.form !== 'open') return { id: box.id, ...boxSize(box) }
  // The detail is left out of a frame where there is no room for it; its title is not.
  const { width, height } = boxSize({ ...box, detail: '' })
  // Height first: ELK turns the drawing for its direction, but not this size.
  return { id: box.id, layoutOptions: { ...frameOptions, 'elk.nodeSize.minimum': `(${height}, ${width})` } }
}

/** ELK's answer as places of boxes and edges; a box or edge it left out stays out of the drawing. */
export function fromElk({ boxes, edges }: VisibleGraph, answer: ElkNode): PlacedGraph {
  const places = new Map<string, ElkNode>()
  const routes = new Map<string, ElkExtendedEdge>()
  const collect = (node: ElkNode): void => {
    places.set(node.id, node)
    for (const edge of node.edges ?? []) routes.set(edge.id, edge)
    node.children?.forEach(collect)
  }
  collect(answer)
  const placed = boxes.flatMap((box): PlacedBox[] => {
    const { x, y, width, height } = places.get(box.id) ?? {}
    if (x === undefined || y === undefined || width === undefined || height === undefined) return []
    return [{ ...box, x, y, width, height }]
  })
  const said = new Set<string>()
  const routed = edges.flatMap((edge): PlacedEdge[] => {
    const section = routes.get(edge.id)?.sections?.[0]
    if (section === undefined) return []
    const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]
    const key = `${edge.source} ${edge.shape}`
    const showsShape = edge.shape !== '' && !said.has(key)
    said.add(key)
    return [{ ...edge, points, showsShape }]
  })
  return { boxes: placed, edges: routed, width: answer.width ?? 0, height: answer.height ?? 0 }
}

const CORNER = 6

/** The path of an edge with rounded corners, as SVG writes it. */
export function edgePath(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${at(first)}`
  rest.forEach((point, index) => {
    const before = index === 0 ? first : (rest[index - 1] ?? first)
    const after = rest[index + 1]
    if (after === undefined) {
      path += `L${at(point)}`
      return
    }
    path += `L${at(towards(point, before))}Q${at(point)} ${at(towards(point, after))}`
  })
  return path
}

const at = ({ x, y }: Point): string => `${round(x)},${round(y)}`
const round = (value: number): number => Math.round(value * 10) / 10

/** A corner's distance from one point to another, at most half the way. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  if (length === 0) return from
  const share = Math.min(CORNER, length / 2) / length
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}
