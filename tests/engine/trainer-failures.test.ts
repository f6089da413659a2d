import { describe, expect, it } from 'vitest'
import { DataError } from '../../engine/datasets/dataset.ts'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { RunControl } from '../../engine/trainer/run-control.ts'
import { lossesByStep, trainBareRun } from './bare-run.ts'

const diskFull = () =>
  Promise.reject(
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' }),
  )

const isPaused = (entry: RunLogEntry): entry is Extract<RunLogEntry, { kind: 'phase' }> =>
  entry.kind === 'phase' && entry.phase === 'paused'

/** Entries of a kind, without what the clock decides. */
function recorded(entries: readonly RunLogEntry[], kind: 'snapshot' | 'evaluation'): RunLogEntry[] {
  return entries.filter((entry) => entry.kind === kind)
}

describe('a disk that is full', () => {
  it.each([1, 3])('puts off what is due, however often (%i times), and skips none of it', async (times) => {
    const undisturbed = await trainBareRun()
    const control = new RunControl()
    let refusals = 0
    const entries = await trainBareRun({
      control,
      breakFolder(folder) {
        const write = folder.writeSnapshot.bind(folder)
        // 9 is the end of the first epoch: the validation and the checkpoint of that step come after its snapshot.
        folder.writeSnapshot = (step, weights) => (step === 9 && refusals++ < times ? diskFull() : write(step, weights))
      },
      onEntry: (entry) => isPaused(entry) && control.resume(),
    })
    const pauses = entries.filter(isPaused)
    expect(pauses).toHaveLength(times)
    for (const pause of pauses)
      expect(pause).toMatchObject({ step: 9, message: expect.stringContaining('at step 9: the disk is full') })
    expect(lossesByStep(entries)).toEqual(lossesByStep(undisturbed))
    for (const kind of ['snapshot', 'evaluation'] as const) {
      expect(recorded(entries, kind)).toEqual(recorded(undisturbed, kind))
    }
    expect(entries).toContainEqual({ kind: 'checkpoint', step: 9 })
    expect(entries.at(-1)?.kind).toBe('finished')
  })

  it('pauses a run that has not begun, and tests only once one that is at its end', async () => {
    const control = new RunControl()
    let births = 0
    let models = 0
    const entries = await trainBareRun({
      control,
      breakFolder(folder) {
        const [writeCheckpoint, writeModel] = [folder.writeCheckpoint.bind(folder), folder.writeModel.bind(folder)]
        folder.writeCheckpoint = (checkpoint) => (births++ === 0 ? diskFull() : writeCheckpoint(checkpoint))
        folder.writeModel = (which, bytes) => (models++ === 0 ? diskFull() : writeModel(which, bytes))
      },
      onEntry: (entry) => isPaused(entry) && control.resume(),
    })
    expect(entries.filter(isPaused).map(({ step }) => step)).toEqual([0, 18])
    expect(
      recorded(entries, 'evaluation').filter((entry) => (entry as { split: string }).split === 'test'),
    ).toHaveLength(1)
    expect(entries.at(-1)?.kind).toBe('finished')
  })

  it('takes back a stop that it does not let through', async () => {
    const control = new RunControl()
    let refused = false
    const entries = await trainBareRun({
      control,
      breakFolder(folder) {
        const write = folder.writeModel.bind(folder)
        folder.writeModel = (which, bytes) => {
          if (refused) return write(which, bytes)
          refused = true
          return diskFull()
        }
      },
      onEntry(entry) {
        if (entry.kind === 'steps' && entry.step === 4) control.stop()
        if (isPaused(entry)) control.resume()
      },
    })
    expect(entries.find(isPaused)).toMatchObject({ step: 4 })
    // Nobody stopped it again, so it went on to its end.
    expect(entries.at(-1)).toMatchObject({ kind: 'finished', steps: 18 })
  })

  it('is tried again for whoever asks for a checkpoint, who hears how that went', async () => {
    const control = new RunControl()
    let refusals = 0
    const heard: string[] = []
    await trainBareRun({
      control,
      breakFolder(folder) {
        const write = folder.writeCheckpoint.bind(folder)
        folder.writeCheckpoint = (checkpoint) =>
          checkpoint.step === 9 && refusals++ < 2 ? diskFull() : write(checkpoint)
      },
      onEntry(entry) {
        if (isPaused(entry)) control.requestCheckpoint()
        else if (entry.kind === 'checkpoint' && entry.step === 9) control.resume()
        if (refusals > 0 && (entry.kind === 'phase' || entry.kind === 'checkpoint')) heard.push(entry.kind)
      },
    })
    // Refused, refused again, and written, which is said twice: once because it was due and once because it was asked for.
    expect(heard.slice(0, 4)).toEqual(['phase', 'phase', 'checkpoint', 'checkpoint'])
  })
})

describe('data that can no longer be read', () => {
  it('pauses the run with the sentence of the reader and a checkpoint, and goes on when the data is back', async () => {
    const undisturbed = await trainBareRun()
    const control = new RunControl()
    let isUnplugged = true
    const entries = await trainBareRun({
      control,
      wrapBatches: (batches) => ({
        take: (step, count) =>
          isUnplugged && step >= 5
            ? Promise.reject(new DataError('No picture of class “X” can be read any more.'))
            : batches.take(step, count),
      }),
      onEntry(entry) {
        if (entry.kind !== 'checkpoint' || entry.step !== 5) return
        isUnplugged = false
        control.resume()
      },
    })
    expect(entries.find(isPaused)).toMatchObject({
      step: 5,
      message: expect.stringMatching(/No picture of class “X”.*paused at step 5/),
    })
    expect(lossesByStep(entries)).toEqual(lossesByStep(undisturbed))
  })
})
