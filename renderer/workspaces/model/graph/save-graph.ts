import type { PlacedGraph } from '../../../graph/graph-layout.ts'
import { graphPicture } from '../../../graph/graph-picture.ts'
import { saveFile, svgToPng } from '../../../platform/save-file.ts'
import { readGraphColours } from './graph-colours.ts'

/** Saves the drawing as it is folded now, in the colours of the theme; throws a sentence where it cannot be drawn. */
export async function saveGraph(graph: PlacedGraph | undefined, title: string, form: 'svg' | 'png'): Promise<void> {
  if (!graph) return
  const svg = graphPicture(graph, readGraphColours(), title)
  const picture =
    form === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await svgToPng(svg, graph.width, graph.height)
  saveFile(`${title}.${form}`, picture)
}
