/** Luma of ITU-R BT.601. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114]

/** Factors: 1 leaves a picture as it is. */
export interface Colouring {
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
}

/**
 * Multiplies the values of `pixels`, uint8 [..., channels], by `brightness`, then their distance to the picture's mean
 * grey by `contrast`, then that to their own grey by `saturation` (of one channel there is none): all three in one pass
 * and rounded once, v′ = brightness · contrast · (grey + saturation (v − grey)) + (1 − contrast) · brightness · mean grey.
 */
export function recolourPicture(pixels: Uint8Array, channels: number, colouring: Colouring): void {
  const { brightness, contrast, saturation } = colouring
  const gain = brightness * contrast
  const offset = contrast === 1 ? 0 : (1 - contrast) * brightness * meanGrey(pixels, channels)
  if (channels === 3 && saturation !== 1) return recolourSaturated(pixels, gain, offset, saturation)
  const changed = new Uint8ClampedArray(256)
  for (let value = 0; value < 256; value++) changed[value] = gain * value + offset
  for (let at = 0; at < pixels.length; at++) pixels[at] = changed[pixels[at] as number] as number
}

function recolourSaturated(pixels: Uint8Array, gain: number, offset: number, saturation: number): void {
  const own = gain * saturation
  const shared = gain * (1 - saturation)
  for (let at = 0; at < pixels.length; at += 3) {
    const [red, green, blue] = [pixels[at] as number, pixels[at + 1] as number, pixels[at + 2] as number]
    const base = shared * (RED * red + GREEN * green + BLUE * blue) + offset
    pixels[at] = toByte(own * red + base)
    pixels[at + 1] = toByte(own * green + base)
    pixels[at + 2] = toByte(own * blue + base)
  }
}

function meanGrey(pixels: Uint8Array, channels: number): number {
  const sums = [0, 0, 0]
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0
    for (let at = channel; at < pixels.length; at += channels) sum += pixels[at] as number
    sums[channel] = sum
  }
  const [red = 0, green = 0, blue = 0] = sums
  const grey = channels === 3 ? RED * red + GREEN * green + BLUE * blue : red
  return (grey * channels) / pixels.length
}

/** Rounded to the nearest of 0 … 255. */
export function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0
}
