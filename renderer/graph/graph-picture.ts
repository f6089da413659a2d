import { edgePath } from './graph-layout.ts'
import type { PlacedBox, PlacedEdge, PlacedGraph } from './graph-layout.ts'
import type { OperatorKind } from './operator-kind.ts'

export interface GraphColours {
  readonly background: string
  readonly box: string
  readonly frame: string
  readonly border: string
  readonly edge: string
  readonly text: string
  readonly detail: string
  readonly kinds: Readonly<Record<OperatorKind, string>>
  readonly fontFamily: string
}

/** The whole drawing as an SVG file of its own. */
export function graphPicture(graph: PlacedGraph, colours: GraphColours, title: string): string {
  const width = Math.ceil(graph.width)
  const height = Math.ceil(graph.height)
  const frames = graph.boxes.filter(({ form }) => form === 'open').map((box) => frameMarkup(box, colours))
  const boxes = graph.boxes.filter(({ form }) => form !== 'open').map((box) => boxMarkup(box, colours))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escape(colours.fontFamily)}">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" fill="${colours.background}"/>`,
    ...frames,
    ...graph.edges.map((edge) => edgeMarkup(edge, colours)),
    ...boxes,
    ...graph.edges.filter(({ showsShape }) => showsShape).map((edge) => shapeMarkup(edge, colours)),
    '</svg>\n',
  ].join('\n')
}

function frameMarkup({ x, y, width, height, title, detail }: PlacedBox, colours: GraphColours): string {
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${colours.frame}" stroke="${colours.border}" stroke-dasharray="4 3"/><text x="${x + 12}" y="${y + 20}" font-size="12" font-weight="600" fill="${colours.text}">${escape(title)}<tspan dx="8" font-weight="400" fill="${colours.detail}">${escape(detail)}</tspan></text></g>`
}

function boxMarkup(box: PlacedBox, colours: GraphColours): string {
  const { x, y, width, height, title, size, detail } = box
  const isEnd = box.form === 'input' || box.form === 'output'
  const bar = isEnd
    ? ''
    : `<rect x="${x}" y="${y + 4}" width="4" height="${height - 8}" rx="2" fill="${colours.kinds[box.kind]}"/>`
  const isStack = box.form === 'folded' && !box.id.startsWith('chain:')
  const stack = isStack
    ? `<rect x="${x + 4}" y="${y + 4}" width="${width}" height="${height}" rx="6" fill="${colours.box}" stroke="${colours.border}"/>`
    : ''
  const first = detail === '' ? y + height / 2 + 4 : y + 18
  const line =
    detail === ''
      ? ''
      : `<text x="${x + 13}" y="${y + 34}" font-size="11" fill="${colours.detail}">${escape(shorten(detail, width, 6.3))}</text>`
  const label = shorten(size === '' ? title : `${title}  ${size}`, width, 7.1)
  return `<g>${stack}<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${isEnd ? height / 2 : 6}" fill="${colours.box}" stroke="${colours.border}"/>${bar}<text x="${x + 13}" y="${first}" font-size="12" font-weight="600" fill="${colours.text}">${escape(label)}</text>${line}</g>`
}

function edgeMarkup({ points }: PlacedEdge, colours: GraphColours): string {
  const end = points.at(-1)
  if (end === undefined) return ''
  const arrow = `M${end.x - 3.5},${end.y - 6}L${end.x},${end.y}L${end.x + 3.5},${end.y - 6}`
  return `<path d="${edgePath(points)}${arrow}" fill="none" stroke="${colours.edge}" stroke-width="1.25"/>`
}

function shapeMarkup({ points, shape }: PlacedEdge, colours: GraphColours): string {
  const start = points[0]
  if (start === undefined) return ''
  return `<text x="${start.x + 6}" y="${start.y + 14}" font-size="10.5" fill="${colours.detail}" stroke="${colours.background}" stroke-width="3" paint-order="stroke">${escape(shape)}</text>`
}

/** As much of the words as fits, with an ellipsis. */
function shorten(words: string, width: number, perCharacter: number): string {
  const most = Math.floor((width - 22) / perCharacter)
  return words.length <= most ? words : `${words.slice(0, Math.max(1, most - 1))}…`
}

function escape(words: string): string {
  return words.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark] ?? mark)
}
