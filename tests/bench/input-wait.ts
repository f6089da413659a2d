import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { forEachConcurrently } from '../../engine/datasets/opening.ts'
import { DECODES_UNDER_WAY, decodePictureFile } from '../../engine/datasets/picture-file.ts'
import { drawXo } from '../../engine/datasets/xo.ts'
import { type RunSettings, xoOptionsSchema } from '../../engine/protocol/settings.ts'
import { type BenchRow, median } from './bench-row.ts'
import { type EpochSpeed, trainEpochs } from './epoch-speeds.ts'
import { lenetSettings } from './lenet.ts'

/** More than are decoded while they are opened, so that the first epoch has to. */
const pictures = 20_480
const side = 28
const epochs = 2

/** What a step may wait for its pictures, once all have been seen. */
const mostPercent = 5

/**
 * LeNet on PNG files in the engine's trainer process: how much of the time of its steps goes by waiting for pictures that
 * have to be decoded, that another run has decoded before, and from the second epoch on.
 */
export async function measureInputWait(programFolder: string, folder: string): Promise<BenchRow[]> {
  const dataFolder = join(folder, 'png')
  const paths = await writePictures(dataFolder)
  const cache = join(folder, 'cache-of-png')
  const decoding = await decodingSpeed(paths.slice(0, 8000))
  const train = async (name: string) =>
    (await trainEpochs(programFolder, join(folder, name), settingsFor(dataFolder), cache)).epochs
  const [first, ...afterFirst] = await train('png-run')
  const [again, ...afterAgain] = await train('png-run-again')
  const later = [...afterFirst, ...afterAgain]
  if (first === undefined || again === undefined || later.length !== 2 * (epochs - 1)) {
    throw new Error('A run ended before its last epoch.')
  }
  const waiting = (speeds: readonly EpochSpeed[]) => median(speeds.map(({ waitingPercent }) => waitingPercent))
  const speed = (speeds: readonly EpochSpeed[]) => median(speeds.map(({ imagesPerSecond }) => imagesPerSecond))
  const images = { unit: 'images/s' } as const
  return [
    ratioRow({
      name: 'png-decoding',
      ...images,
      value: decoding,
      peer: 'LeNet trains, later epochs',
      peerValue: speed(later),
    }),
    ratioRow({
      name: 'png-first-epoch',
      ...images,
      value: again.imagesPerSecond,
      peer: 'pictures not decoded before',
      peerValue: first.imagesPerSecond,
    }),
    waitRow('png-wait-first-epoch', again.waitingPercent, 'pictures not decoded before', first.waitingPercent),
    waitRow('png-wait-later-epochs', waiting(later), 'budget', mostPercent),
  ]
}

function ratioRow(row: Omit<BenchRow, 'ratio'>): BenchRow {
  return { ...row, ratio: row.value / row.peerValue }
}

function waitRow(name: string, value: number, peer: string, peerValue: number): BenchRow {
  return { name, value, unit: '% of the time', peer, peerValue, ratio: peerValue / value }
}

/** X and O in two class folders; returns their paths, in no order of theirs. */
async function writePictures(folder: string): Promise<string[]> {
  const options = xoOptionsSchema.parse({ size: side })
  const paths: string[] = []
  const folders = ['x', 'o'].map((name) => join(folder, name))
  for (const path of folders) await mkdir(path, { recursive: true })
  await forEachConcurrently(pictures, DECODES_UNDER_WAY, async (index) => {
    const pixels = new Uint8Array(side * side)
    drawXo(options, index, pixels, 0)
    const path = join(folders[index % 2] as string, `${index}.png`)
    paths.push(path)
    await sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
      .png()
      .toFile(path)
  })
  return paths
}

async function decodingSpeed(paths: readonly string[]): Promise<number> {
  const image = { width: side, height: side, channels: 1, fit: 'crop' } as const
  const begin = performance.now()
  await forEachConcurrently(paths.length, DECODES_UNDER_WAY, async (index) => {
    await decodePictureFile(paths[index] as string, image)
  })
  return (1000 * paths.length) / (performance.now() - begin)
}

function settingsFor(dataFolder: string): RunSettings {
  const { data, training, ...rest } = lenetSettings(dataFolder)
  return { ...rest, data: { ...data, testShare: 0 }, training: { ...training, epochs } }
}
