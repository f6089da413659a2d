import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { encodeSafetensors } from '../../engine/runs/safetensors.ts'
import { type BenchRow, median } from './bench-row.ts'
import { type NetworkName, buildWorkloadStep, drawBatches, workloads } from './networks/networks.ts'
import { StepServer } from './step-server.ts'
import { installedPyTorch, python } from './train-with-pytorch.ts'

const root = resolve(import.meta.dirname, '../..')
const comparedSteps = 4
/** Losses that agree to four digits. */
const lossTolerance = 1e-4
const warmUpSteps = 4
const rounds = 10
const roundMs = 1200

/**
 * Milliseconds a step of the engine and of PyTorch, both processes alive and taking turns of about a second.
 * Throws where their first losses, from the same weights and batches, do not agree.
 */
export async function compareNetwork(
  name: NetworkName,
  folder: string,
  say: (line: string) => void,
): Promise<BenchRow[]> {
  const version = installedPyTorch()
  const program = await bundleProgram()
  const engine = new StepServer(process.execPath, [program.file, name])
  const pyTorch = version === undefined ? undefined : startPyTorch(name, await writeWorkload(name, folder))
  try {
    const first = await engine.take(comparedSteps)
    const expected = await pyTorch?.take(comparedSteps)
    if (expected !== undefined) assertEqualLosses(name, first.losses, expected.losses)
    const [ours, theirs] = [await turnsOf(engine), pyTorch && (await turnsOf(pyTorch))]
    for (let round = 0; round < rounds; round++) {
      await ours.take()
      await theirs?.take()
    }
    say(
      `  engine: ${describe(ours.times, engine)}; first losses ${first.losses.map((loss) => loss.toPrecision(4)).join(' ')}`,
    )
    if (pyTorch === undefined || theirs === undefined || version === undefined) return []
    say(`  ${version}: ${describe(theirs.times, pyTorch)}; first losses equal to four digits`)
    return [rowOf(name, ours.times, theirs.times, version)]
  } finally {
    await engine.end()
    await pyTorch?.end()
    await program.remove()
  }
}

/** Measures how many steps make a turn, and takes turns. */
async function turnsOf(server: StepServer): Promise<{ readonly times: number[]; take(): Promise<void> }> {
  const { elapsedMs } = await server.take(warmUpSteps)
  const steps = Math.max(1, Math.round((roundMs * warmUpSteps) / elapsedMs))
  const times: number[] = []
  return {
    times,
    async take() {
      times.push((await server.take(steps)).elapsedMs / steps)
    },
  }
}

function assertEqualLosses(name: NetworkName, ours: readonly number[], theirs: readonly number[]): void {
  const isEqual = ours.every((loss, index) => Math.abs(loss / (theirs[index] as number) - 1) < lossTolerance)
  if (!isEqual) {
    throw new Error(`The first losses of ${name} are ${ours.join(', ')}, but PyTorch's are ${theirs.join(', ')}.`)
  }
}

function describe(times: readonly number[], server: StepServer): string {
  const peak = server.peakBytes()
  const memory = peak === undefined ? 'memory unknown' : `${Math.round(peak / 2 ** 20)} MB at most`
  return `${median(times).toFixed(1)} ms a step, ${memory}`
}

function rowOf(name: NetworkName, ours: readonly number[], theirs: readonly number[], peer: string): BenchRow {
  const speed = (milliseconds: number) => (1000 * workloads[name].batchSize) / milliseconds
  const ratio = median(ours.map((time, round) => (theirs[round] as number) / time))
  const [value, peerValue] = [speed(median(ours)), speed(median(theirs))]
  return { name: `${name}-training`, value, unit: 'images/s', peer, peerValue, ratio }
}

function startPyTorch(name: NetworkName, workloadFolder: string): StepServer {
  const threads = String(availableParallelism())
  const script = join(import.meta.dirname, 'network_pytorch.py')
  return new StepServer(python, [script, name, workloadFolder, threads], { OMP_NUM_THREADS: threads })
}

/** What PyTorch reads: the same initial weights, pictures and labels. */
async function writeWorkload(name: NetworkName, folder: string): Promise<string> {
  const workload = workloads[name]
  const { pixels, labels } = drawBatches(workload)
  const target = await mkdtemp(join(folder, `${name}-`))
  await writeFile(join(target, 'weights.safetensors'), encodeSafetensors(buildWorkloadStep(name).initial))
  await writeFile(join(target, 'pixels.bin'), pixels)
  await writeFile(join(target, 'workload.json'), JSON.stringify({ ...workload, labels }))
  return target
}

/** The program that trains as one file that plain Node runs; it lies in `out/`, where it finds its packages. */
async function bundleProgram(): Promise<{ file: string; remove(): Promise<void> }> {
  const outDir = await mkdtemp(join(root, 'out', 'bench-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: resolve(import.meta.dirname, 'train-network-process.ts'),
      outDir,
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'train-network.mjs' } },
    },
  })
  return { file: join(outDir, 'train-network.mjs'), remove: () => rm(outDir, { recursive: true, force: true }) }
}
