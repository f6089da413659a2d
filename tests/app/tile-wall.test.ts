import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { divergingMap, pixelToHex } from '../../renderer/drawing/colour-map.ts'
import { gridLayout } from '../../renderer/drawing/grid-layout.ts'
import { rowsLayout } from '../../renderer/drawing/rows-layout.ts'
import type { WallLayout } from '../../renderer/drawing/wall-layout.ts'
import { launchBrowser } from './browser.ts'
import { bundleForBrowser } from './browser-bundle.ts'
import type { WallCase, WallProbe } from './tile-wall-page.ts'

const KERNEL = 5
const WIDTH = 600
const HEIGHT = 300

let browser: Browser
let script: string

beforeAll(async () => {
  browser = await launchBrowser()
  script = (await bundleForBrowser('tests/app/tile-wall-page.ts')).script
})
afterAll(() => browser?.close())

async function openPage(density: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 800, height: 600 }, deviceScaleFactor: density })
  await page.setContent('<!doctype html><body style="margin:0"></body>')
  await page.addScriptTag({ content: script })
  return page
}

/** Weights of which each has its own value: −1 to 1 over the whole tensor. */
function ramp(length: number): number[] {
  return Array.from({ length }, (_, index) => Math.fround((2 * index) / (length - 1) - 1))
}

const { levels } = divergingMap('light')
/** The colour a weight must have on a scale of ±1. */
const colourOf = (weight: number): string => pixelToHex(levels[Math.round(weight * 255) + 255] ?? 0)

function gridCase(density: number, part: Partial<WallCase> = {}): { wanted: WallCase; layout: WallLayout } {
  const options = {
    count: 12,
    kernelWidth: KERNEL,
    kernelHeight: KERNEL,
    width: WIDTH * density,
    viewHeight: HEIGHT * density,
    target: 50 * density,
    density,
    birth: 'under' as const,
  }
  const now = ramp(12 * KERNEL * KERNEL)
  const wanted: WallCase = {
    layout: { kind: 'grid', options },
    channels: 1,
    kernel: KERNEL,
    now,
    birth: now.map((weight) => -weight),
    order: Array.from({ length: 12 }, (_, index) => index),
    width: WIDTH,
    height: HEIGHT,
    scrollTop: 0,
    ...part,
  }
  return { wanted, layout: gridLayout(options) }
}

/** The first and last screen pixel of every weight of a tile: a blurred or shifted kernel fails at one of them. */
function probesOfTile(x: number, y: number, cell: number): { row: number; column: number; x: number; y: number }[] {
  const probes = []
  for (let row = 0; row < KERNEL; row++) {
    for (let column = 0; column < KERNEL; column++) {
      probes.push({ row, column, x: x + column * cell, y: y + row * cell })
      probes.push({ row, column, x: x + (column + 1) * cell - 1, y: y + (row + 1) * cell - 1 })
    }
  }
  return probes
}

async function drawAndProbe(page: Page, wanted: WallCase, probes: readonly WallProbe[]): Promise<string[]> {
  return page.evaluate(([input, points]) => window.__drawWall?.(input, points) ?? Promise.resolve([]), [
    wanted,
    probes,
  ] as const)
}

describe('the wall on a canvas', () => {
  for (const density of [1, 2, 1.5]) {
    it(`fills every weight with exactly its colour, edge to edge, at ${density} screen pixels per pixel`, async () => {
      const page = await openPage(density)
      const { wanted, layout } = gridCase(density)
      const places = layout.tilesBetween(0, HEIGHT * density)
      const cell = layout.now.width / KERNEL
      const birthCell = layout.birth.width / KERNEL
      expect(Number.isInteger(cell) && Number.isInteger(birthCell)).toBe(true)
      const expected: string[] = []
      const probes: WallProbe[] = []
      for (const place of places) {
        for (const probe of probesOfTile(place.x, place.y, cell)) {
          probes.push(probe)
          expected.push(colourOf(wanted.now[(place.position * KERNEL + probe.row) * KERNEL + probe.column] ?? NaN))
        }
        for (const probe of probesOfTile(place.x, place.y + layout.birth.offsetY, birthCell)) {
          probes.push(probe)
          expected.push(colourOf(wanted.birth[(place.position * KERNEL + probe.row) * KERNEL + probe.column] ?? NaN))
        }
      }
      expect(await drawAndProbe(page, wanted, probes)).toEqual(expected)
      await page.close()
    })
  }

  it('shows filters in the given order', async () => {
    const page = await openPage(1)
    const order = Array.from({ length: 12 }, (_, index) => 11 - index)
    const { wanted, layout } = gridCase(1, { order })
    const [first] = layout.tilesBetween(0, HEIGHT)
    const seen = await drawAndProbe(page, wanted, [{ x: first?.x ?? 0, y: first?.y ?? 0 }])
    expect(seen).toEqual([colourOf(wanted.now[11 * KERNEL * KERNEL] ?? NaN)])
    await page.close()
  })

  it('draws what is scrolled to', async () => {
    const page = await openPage(1)
    const scrollTop = 61
    const { wanted, layout } = gridCase(1, { scrollTop, height: 120 })
    const places = layout.tilesBetween(scrollTop, scrollTop + 120).filter((place) => place.y >= scrollTop)
    expect(places.length).toBeGreaterThan(0)
    const probes = places.map((place) => ({ x: place.x + 1, y: place.y - scrollTop + 1 }))
    const expected = places.map((place) => colourOf(wanted.now[place.position * KERNEL * KERNEL] ?? NaN))
    expect(await drawAndProbe(page, wanted, probes)).toEqual(expected)
    await page.close()
  })

  it('draws the channels of deep filters in rows', async () => {
    const page = await openPage(1)
    const options = {
      count: 3,
      channels: 4,
      kernelWidth: KERNEL,
      kernelHeight: KERNEL,
      width: WIDTH,
      viewHeight: HEIGHT,
      target: 30,
      density: 1,
      showsBirth: true,
    }
    const now = ramp(3 * 4 * KERNEL * KERNEL)
    const { wanted } = gridCase(1, {
      layout: { kind: 'rows', options },
      channels: 4,
      now,
      birth: now,
      order: [0, 1, 2],
    })
    const places = rowsLayout({ ...options, opened: new Set() }).tilesBetween(0, HEIGHT)
    expect(places.length).toBe(12)
    const probes = places.map((place) => ({ x: place.x, y: place.y }))
    const expected = places.map((place) => colourOf(now[(place.position * 4 + place.channel) * KERNEL * KERNEL] ?? NaN))
    expect(await drawAndProbe(page, wanted, probes)).toEqual(expected)
    await page.close()
  })

  it('draws at most once per frame, the newest state', async () => {
    const page = await openPage(1)
    const { wanted, layout } = gridCase(1)
    const [first] = layout.tilesBetween(0, HEIGHT)
    const answer = await page.evaluate(([input, point]) => window.__drawBurst?.(input, point, 50), [
      wanted,
      { x: first?.x ?? 0, y: first?.y ?? 0 },
    ] as const)
    expect(answer).toEqual({ drawnFrames: 1, colour: colourOf(1) })
    await page.close()
  })
})
