import { randomStream } from '../../engine/random/stream.ts'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Augmentation } from '../../engine/protocol/augmentation.ts'
import type { Layer } from '../../engine/protocol/architecture.ts'
import { type RunSettings, runSettingsSchema } from '../../engine/protocol/settings.ts'

export const batchSize = 64
const side = 28
const classes = 10

function block(index: number, filters: number): Layer[] {
  return [
    { kind: 'conv', name: `conv${index}`, filters, kernel: [5, 5], stride: [1, 1], padding: [2, 2] },
    { kind: 'relu', name: `relu${index}` },
    { kind: 'maxPool', name: `pool${index}`, kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
  ]
}

/** LeNet as the comparison has it: 5×5×32, 5×5×64, 128, 10 on 28×28, batches of 64, Adam, for as long as it is let. */
export function lenetSettings(dataFolder: string, augmentation?: Augmentation): RunSettings {
  return runSettingsSchema.parse({
    data: { source: { kind: 'path', path: dataFolder }, validationShare: 0 },
    network: {
      kind: 'layers',
      architecture: {
        name: 'lenet',
        layers: [
          ...block(1, 32),
          ...block(2, 64),
          { kind: 'fullyConnected', name: 'fc1', units: 128 },
          { kind: 'relu', name: 'relu3' },
          { kind: 'fullyConnected', name: 'fc2', units: 'classes' },
        ],
      },
    },
    training: { batchSize, epochs: 10_000, optimizer: { kind: 'adam' }, schedule: {}, device: 'cpu', augmentation },
  })
}

/** Writes grey pictures of noise with random labels as the four files of an IDX data set. */
export async function writeRandomPictures(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [prefix, count] of [
    ['train', 20_000],
    ['t10k', 1000],
  ] as const) {
    const stream = randomStream('bench pictures', prefix)
    const pixels = Uint8Array.from({ length: count * side * side }, () => stream.integer(256))
    const labels = Uint8Array.from({ length: count }, (_, index) => index % classes)
    await writeFile(join(folder, `${prefix}-images-idx3-ubyte`), idxFile([count, side, side], pixels))
    await writeFile(join(folder, `${prefix}-labels-idx1-ubyte`), idxFile([count], labels))
  }
}

/** Magic number 0 0 8 (uint8) and the rank, then the sizes as big-endian 32-bit numbers, then the elements. */
function idxFile(sizes: readonly number[], elements: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * sizes.length))
  header.setUint8(2, 8)
  header.setUint8(3, sizes.length)
  sizes.forEach((size, axis) => header.setUint32(4 + 4 * axis, size))
  return Buffer.concat([new Uint8Array(header.buffer), elements])
}
