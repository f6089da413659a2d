import { resolve } from 'node:path'
import { type DataProblem, type DataSummary, type SplitName, splitNames } from '../protocol/data.ts'
import type { DataSettings } from '../protocol/settings.ts'
import { shuffleLabels, withPixelNoise, withWhiteNoise } from './controls.ts'
import { DataError, type Dataset, type Samples } from './dataset.ts'
import { openPaths } from './open-paths.ts'
import type { OpenOptions } from './opening.ts'
import { PictureMemory } from './picture-memory.ts'
import type { PictureSource } from './picture-source.ts'
import { forMeasuredPictures, measurePixels } from './pixel-statistics.ts'
import { type OpenRequest, placeAt } from './readers/reader.ts'
import { recognise } from './readers/readers.ts'
import { resizedSource } from './resized-source.ts'
import { splitSamples } from './split-samples.ts'
import { splitIndices } from './splits.ts'
import { type ChannelStatistics, PixelHistogram } from './statistics.ts'
import { openXo } from './xo.ts'

const PROBLEMS_LISTED = 1000

export interface OpenDatasetOptions extends OpenOptions {
  /** Hears of pictures that could be read when the data was opened and no longer can. */
  readonly onProblem?: (problem: DataProblem) => void
  /** Decoded pictures it may keep in memory; left out: 512 MB. */
  readonly memoryBytes?: number
}

/**
 * Opens a data set: recognises its format by its content, splits it, and measures the training pictures.
 * Throws DataError with one sentence on anything that cannot be learned from, OpeningCancelledError after the signal.
 */
export async function openDataset(settings: DataSettings, options: OpenDatasetOptions = {}): Promise<Dataset> {
  const memory = new PictureMemory(options.memoryBytes)
  const opened = await openSource(settings, options, memory).catch(asDataError)
  try {
    return await prepare(opened, settings, options, memory)
  } catch (error) {
    await opened.close?.()
    throw error
  }
}

async function prepare(
  opened: PictureSource,
  settings: DataSettings,
  options: OpenDatasetOptions,
  memory: PictureMemory,
): Promise<Dataset> {
  const sized = settings.image ? resizedSource(opened, settings.image, memory) : opened
  // Held out is what a network is tested on; nothing is held out of pictures that none can learn from.
  const shares = sized.unlabelled ? { validationShare: 0, testShare: 0 } : settings
  const indices = splitIndices({ ...sized, ...shares, seed: settings.seed })
  const source = await controlled(sized, indices.train, settings, options)
  const splits = Object.fromEntries(
    splitNames.map((split) => {
      const labels = Uint16Array.from(indices[split], (index) => source.labels[index] as number)
      const dealt = settings.control === 'shuffledLabels' ? shuffleLabels(labels, settings.seed, split) : labels
      return [split, splitSamples(source, indices[split], dealt, options.onProblem)]
    }),
  ) as Record<SplitName, Samples>
  refuseOneClass(source, splits.train)
  const statistics = await measure(source, splits.train, settings.seed, options)
  return {
    summary: summarise(source, splits, statistics),
    splits,
    close: async () => source.close?.(),
  }
}

/** The source with its pictures replaced where the control asks for it; noise is like the pictures of `train`. */
async function controlled(
  source: PictureSource,
  train: Uint32Array,
  { control, seed }: DataSettings,
  options: OpenDatasetOptions,
): Promise<PictureSource> {
  if (control === 'whiteNoise') return withWhiteNoise(source, seed)
  if (control !== 'pixelNoise') return source
  const labels = Uint16Array.from(train, (index) => source.labels[index] as number)
  const samples = splitSamples(source, train, labels, options.onProblem)
  return withPixelNoise(source, await measurePixels(samples, seed, options), seed)
}

async function openSource(settings: DataSettings, options: OpenOptions, memory: PictureMemory): Promise<PictureSource> {
  const { source, image } = settings
  switch (source.kind) {
    case 'xo':
      return openXo(source.options, options)
    case 'path':
      return openPath(source.path, { ...options, image, memory })
    case 'paths':
      return openPaths(source.paths, (path, size) => openPath(path, { ...options, image: size, memory }), image, memory)
  }
}

async function openPath(path: string, request: OpenRequest): Promise<PictureSource> {
  const open = await recognise(await placeAt(resolve(path)))
  return open(request)
}

/** What the file system refuses (permissions, a failing disk) is for the person to mend, and names its path. */
function asDataError(error: unknown): never {
  const { code, path, message } = error as NodeJS.ErrnoException
  if (code === undefined || path === undefined) throw error
  throw new DataError(`${path} cannot be read (${message}); check its permissions and the disk.`, { cause: error })
}

function refuseOneClass(source: PictureSource, train: Samples): void {
  if (source.unlabelled) return
  const present = [...new Set(train.labels)]
  if (present.length >= 2) return
  const found = present.map((label) => `“${source.classNames[label]}”`).join('')
  throw new DataError(
    `${source.title} has only one class to learn (${found}); a network needs at least two to tell apart.`,
  )
}

/** Mean and deviation of the channels of the training pictures. */
async function measure(
  source: PictureSource,
  train: Samples,
  seed: number,
  options: OpenOptions,
): Promise<ChannelStatistics> {
  const histogram = new PixelHistogram(source.image.channels)
  await forMeasuredPictures(train, seed, 'Measuring brightness', options, (pixels) => histogram.add(pixels))
  return histogram.statistics()
}

function summarise(
  source: PictureSource,
  splits: Record<SplitName, Samples>,
  statistics: ChannelStatistics,
): DataSummary {
  const counts = Object.fromEntries(
    splitNames.map((split) => {
      const perClass = new Array<number>(source.classNames.length).fill(0)
      if (!source.unlabelled)
        for (const label of splits[split].labels) perClass[label] = (perClass[label] as number) + 1
      return [split, perClass]
    }),
  ) as Record<SplitName, number[]>
  return {
    format: source.format,
    title: source.title,
    classes: source.classNames.map((name, label) => ({
      name,
      train: counts.train[label] as number,
      validation: counts.validation[label] as number,
      test: counts.test[label] as number,
    })),
    ...(source.classNamesFrom !== undefined && { classNamesFrom: source.classNamesFrom }),
    ...(source.unlabelled && { unlabelled: true }),
    counts: { train: splits.train.count, validation: splits.validation.count, test: splits.test.count },
    image: source.image,
    ...(source.pixelValues !== undefined && { pixelValues: source.pixelValues }),
    originalSizes: source.originalSizes,
    ...statistics,
    testSetGiven: source.given.test,
    problems: source.problems.slice(0, PROBLEMS_LISTED),
    problemCount: source.problems.length,
  }
}
