/** Three channels between 0 and 1 in the sRGB encoding of a screen. */
export type Rgb = readonly [red: number, green: number, blue: number]
/** Perceptual lightness and two opponent axes (OKLab, Björn Ottosson 2020). */
export type Oklab = readonly [lightness: number, greenRed: number, blueYellow: number]

const toLinear = (encoded: number): number =>
  encoded <= 0.04045 ? encoded / 12.92 : Math.pow((encoded + 0.055) / 1.055, 2.4)

const toEncoded = (linear: number): number =>
  linear <= 0.0031308 ? linear * 12.92 : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055

const clampUnit = (value: number): number => Math.min(1, Math.max(0, value))

/** '#rrggbb' as channels between 0 and 1; throws a RangeError for any other text. */
export function parseHex(hex: string): Rgb {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex)
  if (match === null) throw new RangeError(`“${hex}” is not a colour of the form #rrggbb.`)
  const channel = (index: number): number => Number.parseInt(match[index] ?? '0', 16) / 255
  return [channel(1), channel(2), channel(3)]
}

/** sRGB to OKLab, https://bottosson.github.io/posts/oklab/. */
export function toOklab([red, green, blue]: Rgb): Oklab {
  const r = toLinear(red)
  const g = toLinear(green)
  const b = toLinear(blue)
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

/** OKLab to sRGB, each channel clipped to what a screen can show. */
export function fromOklab([lightness, greenRed, blueYellow]: Oklab): Rgb {
  const l = Math.pow(lightness + 0.3963377774 * greenRed + 0.2158037573 * blueYellow, 3)
  const m = Math.pow(lightness - 0.1055613458 * greenRed - 0.0638541728 * blueYellow, 3)
  const s = Math.pow(lightness - 0.0894841775 * greenRed - 1.291485548 * blueYellow, 3)
  return [
    clampUnit(toEncoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)),
    clampUnit(toEncoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)),
    clampUnit(toEncoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)),
  ]
}

/** The colour a share of the way from one to another, along a straight line in OKLab. */
export function mixOklab(from: Oklab, to: Oklab, share: number): Oklab {
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share, from[2] + (to[2] - from[2]) * share]
}
