import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDataset } from '../../engine/datasets/open-dataset.ts'
import { LayerJudge } from '../../engine/inspector/layer-judge.ts'
import { dataSettingsSchema } from '../../engine/protocol/settings.ts'
import { type WidthRun, trainAndAdvise } from './width-run.ts'
import { type Sweep, accuracyKnee, countVerdicts, summarize, writeSweeps } from './width-report.ts'

const data = resolve(import.meta.dirname, '../../../shared/data')
const widths = [1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64]
const seeds = [0, 1, 2]

/** Batches of 64 pictures: about a third of an epoch. */
const STEPS = 300
const HOUR = 3_600_000

describe.skipIf(!existsSync(join(data, 'mnist')))('advice on the first layer of LeNet (needs ../shared/data)', () => {
  it(
    'says too few below the knee of the accuracy of trained widths, and too many well above it',
    async () => {
      const judge = new LayerJudge()
      const sweeps: Sweep[] = []
      for (const [folder, title] of [
        ['mnist', 'MNIST'],
        ['fashion-mnist', 'Fashion-MNIST'],
      ] as const) {
        const source = { kind: 'path', path: join(data, folder) }
        const dataset = await openDataset(dataSettingsSchema.parse({ source }))
        const runs: WidthRun[] = []
        for (const seed of seeds) {
          for (const width of widths) runs.push(await trainAndAdvise(dataset, width, seed, STEPS, judge))
        }
        await dataset.close()
        sweeps.push({ title, runs })
      }
      await writeSweeps(sweeps, STEPS)
      for (const { title, runs } of sweeps) {
        const rows = summarize(runs)
        const knee = accuracyKnee(rows)
        console.log(`${title}: 99 % of the best accuracy from ${knee} filters on`)
        for (const row of rows)
          console.log(`  ${row.width}: ${(100 * row.accuracy).toFixed(2)} %, ${countVerdicts(row)}`)
        for (const row of rows) {
          const { tooFew, tooMany } = row.verdicts
          if (row.width < knee) expect(tooFew).toBeGreaterThanOrEqual(2)
          if (row.width <= knee) expect(tooMany).toBe(0)
          if (row.width >= 6 * knee) expect(tooMany).toBeGreaterThanOrEqual(2)
          if (row.width >= 6 * knee) expect(tooFew).toBe(0)
        }
      }
    },
    HOUR,
  )
})
