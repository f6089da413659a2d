import { fromOklab, mixOklab, parseHex, toOklab } from './colour-space.ts'
import type { Oklab, Rgb } from './colour-space.ts'

export type Theme = 'light' | 'dark'

/**
 * Colours by level. A signed map has an odd number of levels and its middle one means exactly 0.
 * Each entry is one opaque pixel as ImageData holds it on a little-endian machine (0xAABBGGRR).
 */
export interface ColourMap {
  readonly kind: 'signed' | 'unsigned'
  readonly levels: Uint32Array
}

/** Levels on either side of the neutral one. */
export const SIGNED_HALF = 255

/** A value that is not a number is shown in a colour no map holds. */
export const NOT_A_NUMBER_PIXEL = 0xffff00ff

export function packPixel([red, green, blue]: Rgb): number {
  const byte = (channel: number): number => Math.round(channel * 255)
  return ((0xff << 24) | (byte(blue) << 16) | (byte(green) << 8) | byte(red)) >>> 0
}

/** A packed pixel as '#rrggbb'. */
export function pixelToHex(pixel: number): string {
  const bytes = [pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff]
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/**
 * Piecewise path through evenly spaced colours, straight in OKLab between two neighbours.
 * `share` runs from 0 to 1 over the whole path.
 */
function alongPath(path: readonly Oklab[], share: number): Oklab {
  const position = share * (path.length - 1)
  const segment = Math.min(path.length - 2, Math.floor(position))
  const from = path[segment]
  const to = path[segment + 1]
  if (from === undefined || to === undefined) throw new RangeError('A colour path needs at least two colours.')
  return mixOklab(from, to, position - segment)
}

/**
 * Neutral to the end of each arm. Both arms lose (or gain) the same lightness at the same distance from 0, so that
 * −w and +w look equally strong; blue and orange stay apart in every common colour-vision deficiency.
 */
const DIVERGING: Record<Theme, { neutral: string; negative: readonly string[]; positive: readonly string[] }> = {
  light: {
    neutral: '#f3f2ef',
    negative: ['#9cc3ea', '#3f86cf', '#0a4a97'],
    positive: ['#f2b685', '#d4731b', '#8a3d00'],
  },
  dark: {
    neutral: '#1d1f23',
    negative: ['#1b4c80', '#2f8ae0', '#a5d4ff'],
    positive: ['#6e3a0d', '#d57a1f', '#ffcb94'],
  },
}

function armLightness(colours: readonly Oklab[]): number[] {
  return colours.map(([lightness]) => lightness)
}

/** Signed values: blue below 0, the neutral at 0, orange above; the neutral is dark in the dark theme. */
export function divergingMap(theme: Theme): ColourMap {
  const anchors = DIVERGING[theme]
  const neutral = toOklab(parseHex(anchors.neutral))
  const negative = anchors.negative.map((hex) => toOklab(parseHex(hex)))
  const positive = anchors.positive.map((hex) => toOklab(parseHex(hex)))
  const lightness = armLightness(negative).map((value, index) => (value + (positive[index]?.[0] ?? value)) / 2)
  const levelled = (arm: readonly Oklab[]): Oklab[] => [
    neutral,
    ...arm.map(([own, greenRed, blueYellow], index): Oklab => [lightness[index] ?? own, greenRed, blueYellow]),
  ]
  const negativePath = levelled(negative)
  const positivePath = levelled(positive)
  const levels = new Uint32Array(2 * SIGNED_HALF + 1)
  for (let distance = 0; distance <= SIGNED_HALF; distance++) {
    const share = distance / SIGNED_HALF
    levels[SIGNED_HALF - distance] = packPixel(fromOklab(alongPath(negativePath, share)))
    levels[SIGNED_HALF + distance] = packPixel(fromOklab(alongPath(positivePath, share)))
  }
  return { kind: 'signed', levels }
}

/**
 * Ten evenly spaced colours of viridis (Nathaniel Smith and Stéfan van der Walt, matplotlib 1.5, released as CC0);
 * between them straight lines in OKLab stay within a few 8-bit steps of the full table.
 */
const VIRIDIS = [
  '#440154',
  '#482878',
  '#3e4989',
  '#31688e',
  '#26828e',
  '#1f9e89',
  '#35b779',
  '#6ece58',
  '#b5de2b',
  '#fde725',
] as const

function unsignedMap(path: readonly Oklab[]): ColourMap {
  const levels = new Uint32Array(256)
  for (let level = 0; level < levels.length; level++) {
    levels[level] = packPixel(fromOklab(alongPath(path, level / (levels.length - 1))))
  }
  return { kind: 'unsigned', levels }
}

/** Activations: perceptually uniform, dark purple to yellow, the same in both themes. */
export function viridisMap(): ColourMap {
  return unsignedMap(VIRIDIS.map((hex) => toOklab(parseHex(hex))))
}

/** Pictures of one channel: black to white in screen values, untouched by the theme. */
export function greyMap(): ColourMap {
  const levels = new Uint32Array(256)
  for (let level = 0; level < levels.length; level++) {
    levels[level] = packPixel([level / 255, level / 255, level / 255])
  }
  return { kind: 'unsigned', levels }
}
