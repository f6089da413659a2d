import { createApp, defineComponent, h, shallowRef } from 'vue'
import { type FilterVerdictName, filterVerdictNames } from '../../engine/protocol/verdicts.ts'
import { divergingMap } from '../drawing/colour-map.ts'
import { sharedSignedScale } from '../drawing/value-scale.ts'
import type { WallContent } from '../drawing/wall-content.ts'
import type { WallVerdicts } from '../drawing/wall-verdicts.ts'
import '../styles/tokens.css'
import TileCanvas from '../workspaces/train/TileCanvas.vue'
import { arrangeWall } from '../workspaces/train/wall-arrangement.ts'

export interface TileBenchOptions {
  readonly tiles: number
  /** Width and height of the kernels. */
  readonly kernel: number
  /** How long frames are counted, after a second of warming up. */
  readonly durationMs: number
  /** New weights for every tile, so often a second. */
  readonly updatesPerSecond: number
  /** CSS pixels per frame. */
  readonly scrollPerFrame: number
}

declare global {
  interface Window {
    /** Milliseconds between animation frames while the wall is scrolled and its weights change. */
    __frameTimes?: number[]
    __runTileBench?: (options: TileBenchOptions) => Promise<number[]>
  }
}

const WARM_UP_MS = 1000

function weights(count: number, phase: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, index) => Math.sin(index * 0.7 + phase) * Math.cos(index * 0.013 - phase),
  )
}

const verdictOf = (number: number): FilterVerdictName =>
  filterVerdictNames[number % filterVerdictNames.length] ?? 'random'

/** Mounts the real wall over the whole page, scrolls it and changes its weights; resolves with the times of the frames. */
async function runTileBench(options: TileBenchOptions): Promise<number[]> {
  const { tiles, kernel } = options
  const length = tiles * kernel * kernel
  const birth = weights(length, 0)
  // Made beforehand: a stream brings its weights ready, and making them is not what is measured.
  const frames = Array.from({ length: 8 }, (_, index) => weights(length, 0.3 * (index + 1)))
  const order = Uint32Array.from({ length: tiles }, (_, index) => index)
  const map = divergingMap('light')
  const contentOf = (now: Float32Array): WallContent => ({
    order,
    channels: 1,
    kernelWidth: kernel,
    kernelHeight: kernel,
    now,
    birth,
    isComposite: false,
    map,
    scaleMode: 'shared',
    sharedScale: sharedSignedScale(now),
    sharedBirthScale: sharedSignedScale(birth),
  })
  const content = shallowRef(contentOf(birth))
  /** With every update one filter in a hundred is called something else. */
  const verdictsOf = (update: number): WallVerdicts => ({
    of: 'bench',
    verdicts: Array.from({ length: tiles }, (_, filter) => verdictOf(filter + Math.floor((update + filter) / 100))),
    pulses: true,
  })
  const marks = Array.from({ length: frames.length }, (_, update) => verdictsOf(update))
  const verdicts = shallowRef(marks[0])
  const subject = {
    count: tiles,
    channels: 1,
    kernelWidth: kernel,
    kernelHeight: kernel,
    showsBirth: true,
    smallest: 48,
    zoom: 1,
    opened: new Set<number>(),
  }
  const arrange = arrangeWall.bind(undefined, subject)
  const root = document.createElement('div')
  root.style.cssText = 'position:fixed;inset:0;display:flex;flex-direction:column'
  document.body.append(root)
  createApp(
    defineComponent(
      () => () =>
        h(TileCanvas, {
          arrange,
          content: content.value,
          verdicts: verdicts.value,
          label: 'bench',
          describe: String,
          tileLabel: String,
          foldLabel: String,
        }),
    ),
  ).mount(root)
  const scroller = root.querySelector<HTMLElement>('[role="listbox"]')
  if (!scroller) throw new Error('The wall was not mounted.')
  return countFrames(options, scroller, (update) => {
    content.value = contentOf(frames[update % frames.length] ?? birth)
    verdicts.value = marks[update % marks.length]
  })
}

function countFrames(
  options: TileBenchOptions,
  scroller: HTMLElement,
  showUpdate: (update: number) => void,
): Promise<number[]> {
  const times: number[] = []
  window.__frameTimes = times
  return new Promise((resolve) => {
    let started: number | undefined
    let previous: number | undefined
    let updates = 0
    let direction = 1
    const frame = (now: number): void => {
      started ??= now
      const elapsed = now - started
      if (previous !== undefined && elapsed > WARM_UP_MS) times.push(now - previous)
      previous = now
      if (elapsed > WARM_UP_MS + options.durationMs) {
        resolve(times)
        return
      }
      const due = Math.floor((elapsed / 1000) * options.updatesPerSecond)
      if (due > updates) showUpdate((updates = due))
      const bottom = scroller.scrollHeight - scroller.clientHeight
      if (scroller.scrollTop >= bottom - 1) direction = -1
      else if (scroller.scrollTop <= 0) direction = 1
      scroller.scrollTop += direction * options.scrollPerFrame
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
}

window.__runTileBench = runTileBench
