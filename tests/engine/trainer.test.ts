import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readModel } from '../../engine/onnx/read-model.ts'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import type { LiveFilterFrame } from '../../engine/protocol/live-filters.ts'
import { type RunSettingsInput, runSettingsSchema } from '../../engine/protocol/settings.ts'
import { RunFolder, openRunFolder } from '../../engine/runs/run-folder.ts'
import { readRunLog } from '../../engine/runs/run-log.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { Journal } from '../../engine/trainer/journal.ts'
import { RunControl } from '../../engine/trainer/run-control.ts'
import { startTrainer } from '../../engine/trainer/start-trainer.ts'
import type { Trainer } from '../../engine/trainer/trainer.ts'

let parent: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'trainer-'))
})
afterEach(() => rm(parent, { recursive: true, force: true }))

type Training = Partial<RunSettingsInput['training']>

function settingsFor(training: Training = {}): RunSettingsInput {
  return {
    data: { source: { kind: 'xo', options: { count: 300, size: 16 } } },
    network: {
      kind: 'layers',
      architecture: {
        name: 'tiny',
        layers: [
          { kind: 'conv', name: 'conv1', filters: 4, kernel: [5, 5], stride: [1, 1], padding: [2, 2] },
          { kind: 'relu', name: 'relu1' },
          { kind: 'maxPool', name: 'pool1', kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
          { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
        ],
      },
    },
    training: {
      epochs: 3,
      batchSize: 16,
      learningRate: 0.005,
      optimizer: { kind: 'adam' },
      schedule: { kind: 'cosine' },
      device: 'cpu',
      ...training,
    },
  }
}

interface Started {
  readonly trainer: Trainer
  readonly control: RunControl
  readonly entries: RunLogEntry[]
  readonly frames: LiveFilterFrame[]
  readonly folder: RunFolder
  /** Calls `then` at the first entry that `matches`. */
  when(matches: (entry: RunLogEntry) => boolean, then: () => void): void
  finish(): Promise<void>
}

async function start(path: string, settings?: RunSettingsInput): Promise<Started> {
  const folder =
    settings === undefined
      ? await openRunFolder(path)
      : await RunFolder.create(path, 'test-run', runSettingsSchema.parse(settings), '0.0.0')
  const entries: RunLogEntry[] = []
  const frames: LiveFilterFrame[] = []
  const watchers: { matches: (entry: RunLogEntry) => boolean; then: () => void }[] = []
  const journal = await Journal.open(folder, (entry) => {
    entries.push(entry)
    for (const watcher of watchers.filter(({ matches }) => matches(entry))) {
      watchers.splice(watchers.indexOf(watcher), 1)
      watcher.then()
    }
  })
  const control = new RunControl()
  const trainer = await startTrainer(folder, settings === undefined, control, journal, (event) => {
    if (event.kind === 'filters') frames.push(event.frame)
  }).catch(async (error: unknown) => {
    await journal.close()
    throw error
  })
  return {
    trainer,
    control,
    entries,
    frames,
    folder,
    when: (matches, then) => watchers.push({ matches, then }),
    async finish() {
      await trainer.run()
      await journal.close()
    },
  }
}

function lossesByStep(entries: readonly RunLogEntry[]): Map<number, number> {
  const losses = new Map<number, number>()
  for (const entry of entries) {
    if (entry.kind !== 'steps') continue
    entry.losses.forEach((loss, index) => losses.set(entry.step - entry.losses.length + index + 1, loss))
  }
  return losses
}

const isStepPast = (step: number) => (entry: RunLogEntry) => entry.kind === 'steps' && entry.step >= step

describe('a run', () => {
  it('trains, evaluates each epoch, keeps birth and snapshots, and writes a model that runs elsewhere', async () => {
    const run = await start(join(parent, 'run'), settingsFor())
    await run.finish()
    const finished = run.entries.at(-1)
    expect(finished).toMatchObject({ kind: 'finished', steps: 3 * Math.floor(230 / 16) })
    expect(run.entries.filter((entry) => entry.kind === 'evaluation' && entry.split === 'validation')).toHaveLength(3)
    expect((finished as { testAccuracy: number }).testAccuracy).toBeGreaterThan(0.8)
    expect(await readRunLog(run.folder.logPath)).toEqual(JSON.parse(JSON.stringify(run.entries)))

    const birth = await run.folder.readSnapshot(0)
    const initial = readModel(await run.folder.readModel('initial')).graph
    expect(birth.get('conv1.weight')?.data).toEqual(initial.initializers.get('conv1.weight')?.data)

    const bytes = await readFile(join(run.folder.path, 'model.onnx'))
    const session = await createSession(bytes, { provider: 'cpu' })
    const image = { dataType: 'float32', dims: [2, 1, 16, 16], data: new Float32Array(2 * 256) } as const
    const { logits } = await session.run({ image })
    expect(logits?.dims).toEqual([2, 2])
    await session.release()
    const last = (await run.folder.snapshotSteps()).at(-1) as number
    const final = readModel(bytes).graph.initializers.get('conv1.weight')
    expect((await run.folder.readSnapshot(last)).get('conv1.weight')?.data).toEqual(final?.data)
    expect((await run.folder.description())?.phase).toBe('finished')
  })

  it('needs neither validation nor test images, and then claims no accuracy', async () => {
    const settings = settingsFor({ epochs: 1, batchSize: 4096 })
    const run = await start(join(parent, 'run'), {
      ...settings,
      data: { ...settings.data, validationShare: 0, testShare: 0 },
    })
    await run.finish()
    // A batch of more than all pictures is all of them.
    const steps = run.entries.filter((entry) => entry.kind === 'steps')
    expect(steps).toMatchObject([{ step: 1, losses: [expect.any(Number)] }])
    expect(run.entries.filter((entry) => entry.kind === 'evaluation')).toEqual([])
    expect(run.entries.at(-1)).toMatchObject({ kind: 'finished', steps: 1 })
    expect(run.entries.at(-1)).not.toHaveProperty('testAccuracy')
    expect(await run.folder.description()).not.toHaveProperty('testAccuracy')
  })

  it.each<Training>([
    {},
    {
      augmentation: { flipHorizontal: true, shift: 2, rotation: 15, scale: 0.1, contrast: 0.2, noise: 0.1, cutout: 4 },
    },
    { classBalance: 'weights', augmentation: { mixup: 0.4 } },
    { loss: 'meanSquaredError', augmentation: { flipVertical: true, mixup: 1 } },
    { classBalance: 'sampling', augmentation: { shift: 1 } },
  ])('gives the same losses for the same settings, also when it goes on from its checkpoint: %o', async (training) => {
    const settings = settingsFor(training)
    const whole = await start(join(parent, 'whole'), settings)
    await whole.finish()

    const first = await start(join(parent, 'halves'), settings)
    first.when(isStepPast(17), () => first.control.stop())
    await first.finish()
    expect((await first.folder.description())?.phase).toBe('stopped')
    const second = await start(join(parent, 'halves'))
    await second.finish()

    const expected = lossesByStep(whole.entries)
    expect(expected.size).toBe(42)
    expect(lossesByStep([...first.entries, ...second.entries])).toEqual(expected)
    expect(await second.folder.readModel('model')).toEqual(await whole.folder.readModel('model'))
  })

  it('trains on the changed pictures, and is tested on those there are', async () => {
    const runs = [settingsFor(), settingsFor({ augmentation: { noise: 1 } })].map((settings, index) =>
      start(join(parent, String(index)), settings),
    )
    const [plain, noisy] = await Promise.all(runs)
    await plain?.finish()
    await noisy?.finish()
    expect(lossesByStep(noisy?.entries ?? []).get(1)).not.toBe(lossesByStep(plain?.entries ?? []).get(1))
    // Pictures in which one sees hardly anything any more, beside the same network on pictures as they are.
    const accuracies = (noisy?.entries ?? []).filter((entry) => entry.kind === 'evaluation' || entry.kind === 'steps')
    const seen = accuracies.findLast((entry) => entry.kind === 'steps')?.trainAccuracy ?? 1
    const tested = accuracies.findLast((entry) => entry.kind === 'evaluation')?.accuracy ?? 0
    expect(tested).toBeGreaterThan(seen + 0.05)
  })

  it('says before the first step which change is too much for the pictures', async () => {
    await expect(start(join(parent, 'run'), settingsFor({ augmentation: { shift: 9 } }))).rejects.toThrow(
      'A shift of up to 9 pixels can move most of a picture out of view; for pictures of 16×16 pixels allow at most 8.',
    )
  })

  it('goes on with the learning rate it was changed to, from the step it had come to', async () => {
    const first = await start(join(parent, 'run'), settingsFor({ schedule: { kind: 'constant' } }))
    first.when(isStepPast(10), () => first.control.setLearningRate(0.0007))
    first.when(isStepPast(20), () => first.control.stop())
    await first.finish()
    const stoppedAt = (first.entries.at(-1) as { steps: number }).steps
    // What a crash leaves behind: weights of steps that are trained again, and a file half written.
    await first.folder.writeSnapshot(40, await first.folder.readSnapshot(0))
    const part = join(first.folder.path, 'snapshots', `step-000000040.safetensors.${randomUUID()}.part`)
    await writeFile(part, 'half')
    const second = await start(join(parent, 'run'))
    expect(second.entries[0]).toEqual({ kind: 'phase', phase: 'preparing', step: stoppedAt })
    expect(await second.folder.snapshotSteps()).not.toContain(40)
    expect(existsSync(part)).toBe(false)
    await second.finish()
    const rates = second.entries.filter((entry) => entry.kind === 'steps').map(({ learningRate }) => learningRate)
    expect(new Set(rates)).toEqual(new Set([Math.fround(0.0007)]))
  })

  it('does not go on with other data or another network than it began with', async () => {
    const run = await start(join(parent, 'run'), settingsFor())
    run.when(isStepPast(5), () => run.control.stop())
    await run.finish()
    const path = join(run.folder.path, 'settings.json')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('"count": 300', '"count": 320'))
    await expect(start(join(parent, 'run'))).rejects.toThrow(
      'it had 228 training, 26 validation and 46 test images, and now has',
    )
    await writeFile(path, text.replace('"filters": 4', '"filters": 5'))
    await expect(start(join(parent, 'run'))).rejects.toThrow(
      'The run needs "conv1.weight" as float32 [5, 1, 5, 5], but the checkpoint of step',
    )
  })

  it('pauses, takes single steps, changes the learning rate and resumes', async () => {
    const run = await start(join(parent, 'run'), settingsFor({ schedule: { kind: 'constant' } }))
    let pausedAt = -1
    run.when(
      (entry) => entry.kind === 'phase' && entry.phase === 'paused',
      () => {
        pausedAt = (run.entries.at(-1) as { step: number }).step
        run.when(isStepPast(pausedAt + 1), () => {
          run.control.setLearningRate(0.001)
          run.control.requestFilters('conv1')
          run.control.resume()
        })
        run.control.allowStep()
      },
    )
    run.when(isStepPast(5), () => run.control.pause())
    await run.finish()
    const single = run.entries.find((entry) => entry.kind === 'steps' && entry.step > pausedAt)
    expect(single).toMatchObject({ step: pausedAt + 1 })
    const rates = run.entries.filter((entry) => entry.kind === 'steps').map(({ learningRate }) => learningRate)
    expect(rates[0]).toBeCloseTo(0.005)
    expect(rates.at(-1)).toBeCloseTo(0.001)
    expect(run.entries).toContainEqual({ kind: 'learningRate', step: pausedAt + 1, learningRate: 0.001 })
    expect(run.frames[0]).toMatchObject({ layer: 'conv1', weights: { dims: [4, 1, 5, 5] } })
    expect(lossesByStep(run.entries).size).toBe(42)
  })

  it('pauses with the last good weights when the loss leaves the finite numbers, naming the layer', async () => {
    const settings = settingsFor({
      optimizer: { kind: 'sgd', momentum: 0 },
      learningRate: 100,
      loss: 'meanSquaredError',
      schedule: { kind: 'constant' },
    })
    const run = await start(join(parent, 'run'), settings)
    run.when(
      (entry) => entry.kind === 'phase' && entry.phase === 'paused',
      () => run.control.stop(),
    )
    await run.finish()
    const paused = run.entries.find((entry) => entry.kind === 'phase' && entry.phase === 'paused')
    expect(paused).toMatchObject({ message: expect.stringMatching(/"(conv1|relu1|pool1|fc1)" was the first to leave/) })
    const { step } = paused as { step: number }
    const kept = (await run.folder.readSnapshot(step)).get('conv1.weight')?.data as Float32Array
    expect(kept.every(Number.isFinite)).toBe(true)
  })

  const canMount = process.platform === 'linux' && process.getuid?.() === 0
  it.skipIf(!canMount)(
    'pauses on a full disk, and saves everything once there is room (needs root on Linux)',
    async () => {
      const disk = join(parent, 'disk')
      execFileSync('mkdir', [disk])
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=320k', 'tmpfs', disk])
      try {
        const run = await start(join(disk, 'run'), settingsFor({ epochs: 20 }))
        run.when(
          (entry) => entry.kind === 'phase' && entry.phase === 'paused',
          () => {
            execFileSync('mount', ['-o', 'remount,size=64m', disk])
            run.control.resume()
          },
        )
        await run.finish()
        const paused = run.entries.find((entry) => entry.kind === 'phase' && entry.phase === 'paused')
        expect(paused).toMatchObject({ message: expect.stringContaining('the disk is full') })
        expect(run.entries.at(-1)?.kind).toBe('finished')
        expect(lossesByStep(run.entries).size).toBe(280)
        expect(await readRunLog(run.folder.logPath)).toEqual(JSON.parse(JSON.stringify(run.entries)))
      } finally {
        execFileSync('umount', [disk])
      }
    },
  )
})
