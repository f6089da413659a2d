import type { DataSummary, Thumbnails } from '../../engine/protocol/data.ts'

const side = 28

/** A cross or a circle, a little different for each number, as bytes of a grey picture. */
export function fixturePicture(number: number): Uint8Array {
  const pixels = new Uint8Array(side * side)
  const radius = 6 + (number % 5)
  const middle = 13.5 + ((number * 7) % 5) - 2
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const dx = x - middle
      const dy = y - 13.5
      const distance =
        number % 2 === 0
          ? Math.min(Math.abs(dx - dy), Math.abs(dx + dy)) / Math.SQRT2
          : Math.abs(Math.hypot(dx, dy) - radius)
      const isWithin = Math.max(Math.abs(dx), Math.abs(dy)) <= radius + 1
      const noise = (x * 31 + y * 17 + number * 13) % 29
      pixels[y * side + x] = isWithin && distance < 1.4 ? 225 + noise : noise
    }
  }
  return pixels
}

export function fixtureThumbnails(offset: number, count: number): Thumbnails {
  const pixels = new Uint8Array(count * side * side)
  const indices: number[] = []
  for (let index = 0; index < count; index++) {
    pixels.set(fixturePicture(offset + index), index * side * side)
    indices.push(offset + index)
  }
  return { width: side, height: side, channels: 1, indices, labels: indices.map((index) => index % 2), pixels }
}

export const fixtureSummary: DataSummary = {
  format: 'folder',
  title: '/home/ada/letters',
  classes: [
    { name: 'cross', train: 1240, validation: 138, test: 240 },
    { name: 'circle', train: 620, validation: 69, test: 121 },
    { name: 'something with a long name', train: 31, validation: 4, test: 6 },
  ],
  counts: { train: 1891, validation: 211, test: 367 },
  image: { width: side, height: side, channels: 1, fit: 'pad' },
  originalSizes: [
    { width: 64, height: 64, count: 1800 },
    { width: 128, height: 96, count: 610 },
    { width: 20, height: 31, count: 59 },
  ],
  mean: [0.149],
  standardDeviation: [0.28],
  testSetGiven: false,
  problems: [
    { path: '/home/ada/letters/cross/17.png', message: 'The file ends in the middle of the picture.' },
    { path: '/home/ada/letters/circle/notes.txt', message: 'This is no picture file.' },
  ],
  problemCount: 1204,
}
