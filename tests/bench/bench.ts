import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { measureAugmentation, measureAugmentedTraining } from './augmentation-speed.ts'
import { type BenchRow, formatRows, median } from './bench-row.ts'
import { writeRandomPictures } from './lenet.ts'
import { measureInputWait } from './input-wait.ts'
import { compareNetwork } from './compare-networks.ts'
import { measureGraphFrames } from './graph-frames.ts'
import { measureModelOpen } from './measure-model-open.ts'
import { measureStreamingCost } from './streaming-cost.ts'
import { measureTileFrames } from './tile-frames.ts'
import { trainWithConvNetJS } from './train-with-convnetjs.ts'
import { measureVerdictCost } from './verdict-cost.ts'
import { measureColdInspection, measureVerdictSpeed } from './verdict-speed.ts'
import { type TrainingSpeed, trainWithEngine } from './train-with-engine.ts'
import { installedPyTorch, trainWithPyTorch } from './train-with-pytorch.ts'

const rounds = 3
const secondsPerRound = 6
const frameBudgetMs = 20
const programFolder = resolve(import.meta.dirname, '../../out/main')

/**
 * Measures everything, prints a table and, with a file name, writes the rows as JSON. What cannot be measured is said,
 * makes the exit code 1, and does not keep the rest from being measured.
 */
export async function bench(jsonFile: string | undefined): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'filterscope-bench-'))
  const rows: BenchRow[] = []
  const measure = async (title: string, part: () => Promise<readonly BenchRow[]>) => {
    say(`${title} …`)
    try {
      const measured = await part()
      rows.push(...measured)
      say(formatRows(measured))
    } catch (error) {
      say(`${title} failed: ${error instanceof Error ? error.message : String(error)}`)
      process.exitCode = 1
    }
  }
  try {
    const dataFolder = join(folder, 'pictures')
    await writeRandomPictures(dataFolder)
    await measure('Training LeNet', () => compareTraining(folder, dataFolder))
    await measure('Training ResNet-20', () => compareNetwork('resnet20', folder, say))
    await measure('Training SqueezeNet 1.1', () => compareNetwork('squeezenet', folder, say))
    await measure('Changing pictures at random', () => Promise.resolve(measureAugmentation()))
    await measure('Training LeNet on changed pictures', () =>
      measureAugmentedTraining(programFolder, dataFolder, folder),
    )
    await measure('Training LeNet on PNG files', () => measureInputWait(programFolder, folder))
    await measure('Training with and without a client', () => measureStreamingCost(programFolder, dataFolder))
    await measure('Drawing 10,000 tiles in Chromium', measureTiles)
    await measure("Opening a file of ResNet-50's size", () => measureModelOpen(programFolder))
    await measure('Training with and without verdicts', () => measureVerdictCost(programFolder, say))
    await measure('Judging the filters of whole networks', () => measureVerdictSpeed(say))
    await measure('Judging every model of the collection for the first time', () =>
      measureColdInspection(programFolder, say),
    )
    await measure('Panning and zooming a graph of 500 nodes in Chromium', measureGraph)
    console.log(`\n${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}\n`)
    console.log(formatRows(rows))
    if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify(rows, undefined, 2)}\n`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Engine and peers by turns, since a machine is not equally fast at all times. */
async function compareTraining(folder: string, dataFolder: string): Promise<BenchRow[]> {
  const pyTorch = installedPyTorch()
  if (pyTorch === undefined) {
    say('PyTorch is not installed for /usr/bin/python3 (Debian: apt install python3-torch), so it is not compared.')
  }
  const ours: TrainingSpeed[] = []
  const theirs: TrainingSpeed[] = []
  const convNetJS: number[] = []
  for (let round = 0; round < rounds; round++) {
    say(`  round ${round + 1} of ${rounds}`)
    ours.push(await trainWithEngine(programFolder, dataFolder, join(folder, `run-${round}`), secondsPerRound))
    if (pyTorch !== undefined) theirs.push(await trainWithPyTorch(dataFolder, secondsPerRound))
    convNetJS.push(await trainWithConvNetJS())
  }
  const speed = median(ours.map(({ imagesPerSecond }) => imagesPerSecond))
  const training = { name: 'lenet-training', value: speed, unit: 'images/s' }
  const ratioTo = (peers: readonly number[]) =>
    median(ours.map(({ imagesPerSecond }, round) => imagesPerSecond / (peers[round] as number)))
  const rows: BenchRow[] = []
  if (pyTorch !== undefined) {
    const peers = theirs.map(({ imagesPerSecond }) => imagesPerSecond)
    rows.push({ ...training, peer: pyTorch, peerValue: median(peers), ratio: ratioTo(peers) })
  }
  rows.push({ ...training, peer: 'ConvNetJS 0.3.0', peerValue: median(convNetJS), ratio: ratioTo(convNetJS) })
  const memory = comparePeaks(ours, theirs, pyTorch)
  return memory === undefined ? rows : [...rows, memory]
}

function comparePeaks(
  ours: readonly TrainingSpeed[],
  theirs: readonly TrainingSpeed[],
  pyTorch: string | undefined,
): BenchRow | undefined {
  const megabytes = (runs: readonly TrainingSpeed[]) =>
    Math.max(...runs.map(({ peakBytes }) => (peakBytes ?? Number.NaN) / 2 ** 20))
  const [value, peerValue] = [megabytes(ours), megabytes(theirs)]
  if (Number.isNaN(value)) {
    say('This system does not tell how much memory a process used, so memory is not compared.')
    return undefined
  }
  if (pyTorch === undefined) {
    say(
      `The trainer process used ${Math.round(value)} MB at most; without PyTorch there is nothing to compare it with.`,
    )
    return undefined
  }
  return { name: 'engine-peak-memory', value, unit: 'MB', peer: pyTorch, peerValue, ratio: peerValue / value }
}

async function measureTiles(): Promise<BenchRow[]> {
  const { p99Ms } = await measureTileFrames()
  return [frameRow('tile-frame-p99', p99Ms)]
}

async function measureGraph(): Promise<BenchRow[]> {
  const { p99Ms } = await measureGraphFrames()
  return [frameRow('graph-frame-p99', p99Ms)]
}

function frameRow(name: string, value: number): BenchRow {
  return { name, value, unit: 'ms', peer: 'budget', peerValue: frameBudgetMs, ratio: frameBudgetMs / value }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
