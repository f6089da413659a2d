import { divergingMap } from '../../renderer/drawing/colour-map.ts'
import { gridLayout } from '../../renderer/drawing/grid-layout.ts'
import type { GridOptions } from '../../renderer/drawing/grid-layout.ts'
import { rowsLayout } from '../../renderer/drawing/rows-layout.ts'
import type { RowsOptions } from '../../renderer/drawing/rows-layout.ts'
import { TileWall } from '../../renderer/drawing/tile-wall.ts'
import type { WallContent } from '../../renderer/drawing/wall-content.ts'
import type { MarkColours } from '../../renderer/drawing/wall-verdicts.ts'

/** A wall as a test hands it to the page: plain numbers only. */
export interface WallCase {
  readonly layout:
    | { readonly kind: 'grid'; readonly options: GridOptions }
    | { readonly kind: 'rows'; readonly options: Omit<RowsOptions, 'opened'> }
  readonly channels: number
  readonly kernel: number
  readonly now: readonly number[]
  readonly birth: readonly number[]
  readonly order: readonly number[]
  readonly width: number
  readonly height: number
  readonly scrollTop: number
}

/** A screen pixel of the canvas. */
export interface WallProbe {
  readonly x: number
  readonly y: number
}

const MARK = '#0000ff'
const MARK_COLOURS: MarkColours = {
  structured: MARK,
  emerging: MARK,
  random: MARK,
  undecidable: MARK,
  duplicate: MARK,
  mirror: MARK,
  dead: MARK,
  degenerate: MARK,
}

declare global {
  interface Window {
    /** Draws a wall and answers the colours of pixels as #rrggbb. */
    __drawWall?: (wanted: WallCase, probes: readonly WallProbe[]) => Promise<string[]>
    /** Shows many states within one frame, the last of them all ones. */
    __drawBurst?: (
      wanted: WallCase,
      probe: WallProbe,
      states: number,
    ) => Promise<{ readonly drawnFrames: number; readonly colour: string | undefined }>
  }
}

function contentOf(wanted: WallCase, now: readonly number[]): WallContent {
  return {
    order: Uint32Array.from(wanted.order),
    channels: wanted.channels,
    kernelWidth: wanted.kernel,
    kernelHeight: wanted.kernel,
    now: Float32Array.from(now),
    birth: Float32Array.from(wanted.birth),
    isComposite: false,
    map: divergingMap('light'),
    scaleMode: 'shared',
    sharedScale: { from: -1, to: 1 },
  }
}

function makeWall(wanted: WallCase): { wall: TileWall; canvas: HTMLCanvasElement } {
  const canvas = document.createElement('canvas')
  document.body.append(canvas)
  const wall = new TileWall(canvas, {
    ink: '#000000',
    mutedInk: '#000000',
    accent: '#ff0000',
    background: '#ffffff',
    frame: '#00ff00',
    foldBackground: '#eeeeee',
    fontFamily: 'sans-serif',
    verdictColours: MARK_COLOURS,
  })
  const { width, height, scrollTop } = wanted
  wall.setViewport({ width, height, scrollTop, density: window.devicePixelRatio })
  return { wall, canvas }
}

function show(wall: TileWall, wanted: WallCase, now: readonly number[]): void {
  const { layout } = wanted
  const made =
    layout.kind === 'grid' ? gridLayout(layout.options) : rowsLayout({ ...layout.options, opened: new Set() })
  wall.show(made, contentOf(wanted, now))
}

/** Two frames on, everything that was asked for is drawn. */
function afterDrawing(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))
}

function coloursAt(canvas: HTMLCanvasElement, probes: readonly WallProbe[]): string[] {
  const context = canvas.getContext('2d')
  return probes.map(({ x, y }) => {
    const [red = 0, green = 0, blue = 0] = context?.getImageData(x, y, 1, 1).data ?? []
    return `#${[red, green, blue].map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
  })
}

window.__drawWall = async (wanted, probes) => {
  const { wall, canvas } = makeWall(wanted)
  show(wall, wanted, wanted.now)
  await afterDrawing()
  return coloursAt(canvas, probes)
}

window.__drawBurst = async (wanted, probe, states) => {
  const { wall, canvas } = makeWall(wanted)
  for (let state = 1; state < states; state++) {
    show(
      wall,
      wanted,
      wanted.now.map(() => state / states),
    )
  }
  show(
    wall,
    wanted,
    wanted.now.map(() => 1),
  )
  await afterDrawing()
  return { drawnFrames: wall.drawnFrames, colour: coloursAt(canvas, [probe])[0] }
}
