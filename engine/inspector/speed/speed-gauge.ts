import { createHash } from 'node:crypto'
import { cpus } from 'node:os'
import { CacheFiles } from '../../cache/cache-files.ts'
import { type TrainingSpeed, trainingSpeedSchema } from '../../protocol/training-speed.ts'
import { cpuThreads, runtimeVersion } from '../../runtime/providers.ts'
import { measureSpeed } from './measure-speed.ts'

/** Other networks are measured, or their steps are lowered otherwise: what was kept before says nothing any more. */
const METHOD = 1

const MOST_BYTES = 2 ** 20

/** How fast this machine trains on its CPU: measured once, and kept for as long as processor and runtime are the same. */
export class SpeedGauge {
  readonly #cache: CacheFiles | undefined
  readonly #measure: (threads: number) => Promise<TrainingSpeed>
  #measuring: Promise<TrainingSpeed> | undefined

  /** `folder` keeps what was measured from one start to the next. */
  constructor(folder: string | undefined, measure = measureSpeed) {
    this.#cache = folder === undefined ? undefined : new CacheFiles(folder, MOST_BYTES)
    this.#measure = measure
  }

  /** undefined where it is not known and `mayMeasure` is false. Throws RuntimeError. */
  async speed(mayMeasure: boolean): Promise<TrainingSpeed | undefined> {
    if (this.#measuring !== undefined) return this.#measuring
    const threads = cpuThreads()
    const key = keyOf(threads)
    const kept = parse(await this.#cache?.get(key))
    if (kept !== undefined || !mayMeasure) return kept
    // Another window may have asked in the meantime.
    return (this.#measuring ??= this.#measureAndKeep(threads, key))
  }

  async #measureAndKeep(threads: number, key: string): Promise<TrainingSpeed> {
    try {
      const speed = await this.#measure(threads)
      await this.#cache?.put(key, Buffer.from(JSON.stringify(speed)))
      return speed
    } catch (error) {
      this.#measuring = undefined
      throw error
    }
  }
}

function keyOf(threads: number): string {
  const machine = [METHOD, runtimeVersion(), process.platform, process.arch, cpus()[0]?.model ?? '', 'cpu', threads]
  return createHash('sha256').update(JSON.stringify(machine)).digest('hex')
}

function parse(bytes: Uint8Array | undefined): TrainingSpeed | undefined {
  if (bytes === undefined) return undefined
  try {
    return trainingSpeedSchema.parse(JSON.parse(Buffer.from(bytes).toString()))
  } catch {
    return undefined
  }
}
