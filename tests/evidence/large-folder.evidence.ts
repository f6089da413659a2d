import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDataset } from '../../engine/datasets/open-dataset.ts'
import { type RunSettings, runSettingsSchema } from '../../engine/protocol/settings.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { trainEpochs } from '../bench/epoch-speeds.ts'

const classes = 10
const perClass = 10_000
/** Different files, so that neither a decoder nor a disk is flattered. */
const different = 200
const side = 64
const mostWarmMs = 10_000
const mostBytes = 1.5 * 2 ** 30

let folder: string
let cacheBefore: string | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-folder-'))
  cacheBefore = process.env.XDG_CACHE_HOME
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const stream = randomStream('large folder')
  const files: Buffer[] = []
  for (let number = 0; number < different; number++) {
    const pixels = Uint8Array.from({ length: side * side * 3 }, () => stream.integer(256))
    files.push(
      await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .jpeg()
        .toBuffer(),
    )
  }
  for (let label = 0; label < classes; label++) {
    const path = join(folder, 'pictures', `class${label}`)
    await mkdir(path, { recursive: true })
    for (let start = 0; start < perClass; start += 100) {
      const numbers = Array.from({ length: 100 }, (_, index) => start + index)
      await Promise.all(
        numbers.map((number) => writeFile(join(path, `${number}.jpg`), files[(number + label) % different] as Buffer)),
      )
    }
  }
})
afterAll(async () => {
  if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = cacheBefore
  await rm(folder, { recursive: true, force: true })
})

/** Too small a network to hide how long its pictures take. */
function settings(): RunSettings {
  return runSettingsSchema.parse({
    data: { source: { kind: 'path', path: join(folder, 'pictures') } },
    network: {
      kind: 'layers',
      architecture: {
        name: 'one convolution',
        layers: [
          { kind: 'conv', name: 'conv', filters: 8, kernel: [5, 5], stride: [4, 4], padding: [2, 2] },
          { kind: 'relu', name: 'relu' },
          { kind: 'fullyConnected', name: 'fc', units: 'classes' },
        ],
      },
    },
    training: { optimizer: { kind: 'adam' }, schedule: {}, epochs: 2, device: 'cpu' },
  })
}

it('a folder of 100,000 JPEG files opens, and again within seconds, in bounded memory', async () => {
  const { data } = settings()
  const times: number[] = []
  for (let opening = 0; opening < 3; opening++) {
    const begin = performance.now()
    const dataset = await openDataset(data)
    times.push(performance.now() - begin)
    const { train, validation, test } = dataset.summary.counts
    expect(train + validation + test).toBe(classes * perClass)
    await dataset.close()
  }
  const peak = process.resourceUsage().maxRSS * 1024
  const seconds = times.map((ms) => (ms / 1000).toFixed(1)).join(', ')
  console.log(`opened three times in ${seconds} s, ${Math.round(peak / 2 ** 20)} MB at most`)
  for (const warm of times.slice(1)) expect(warm).toBeLessThan(mostWarmMs)
  expect(peak).toBeLessThan(mostBytes)
})

it('trains on them in bounded memory, and waits for them less once they have been decoded', async () => {
  const programFolder = resolve(import.meta.dirname, '../../out/main')
  const cache = join(folder, 'cache')
  const { epochs, peakBytes } = await trainEpochs(programFolder, join(folder, 'run'), settings(), cache)
  for (const [index, { imagesPerSecond, waitingPercent }] of epochs.entries()) {
    const speed = `${Math.round(imagesPerSecond)} images/s, ${waitingPercent.toFixed(1)} % of the time waiting for them`
    console.log(`epoch ${index + 1}: ${speed}`)
  }
  const [first, second] = epochs
  // They take 1.2 GB decoded, more than is kept in memory: the second epoch reads most of them from the cache folder.
  expect(second?.waitingPercent).toBeLessThan((first?.waitingPercent ?? 0) / 2)
  if (peakBytes === undefined) return console.log('this system does not tell how much memory a process used')
  console.log(`the trainer used ${Math.round(peakBytes / 2 ** 20)} MB at most`)
  expect(peakBytes).toBeLessThan(mostBytes)
})
