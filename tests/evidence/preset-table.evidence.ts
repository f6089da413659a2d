import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeArchitecture } from '../../engine/architectures/describe-architecture.ts'
import { presets } from '../../engine/architectures/presets/presets.ts'
import { stepWork } from '../../engine/architectures/step-work.ts'
import { type TrainingSpeed, stepMilliseconds } from '../../engine/protocol/training-speed.ts'
import { type BuiltPrograms, buildPrograms } from '../server/fixtures/built-programs.ts'

const steps = 4
/** ResNet-152 at 224 and one picture a step must run within this. */
const mostBytes = 8 * 2 ** 30

let programs: BuiltPrograms
beforeAll(async () => {
  programs = await buildPrograms({ step: 'tests/evidence/preset-step-process.ts' })
  console.log(
    '| network | input | parameters | multiply-adds | pictures a step | ms a step | estimated | load, s | peak |',
  )
})
afterAll(() => programs.remove())

interface Measured {
  readonly loadMs: number
  readonly elapsedMs: readonly number[]
  readonly losses: readonly number[]
  readonly peakBytes: number
  /** Measured just after the steps: what else the machine does slows both. */
  readonly speed: TrainingSpeed
}

it.each(presets.map(({ architecture, input }) => ({ name: architecture.name, architecture, input })))(
  '$name takes steps as its source had it',
  ({ name, architecture, input }) => {
    const batch = input.height > 64 ? 1 : 32
    const program = [join(programs.folder, 'step.js'), name, String(batch), String(steps)]
    const { stdout, stderr, status } = spawnSync(process.execPath, program, { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const { loadMs, elapsedMs, losses, peakBytes, speed } = JSON.parse(stdout) as Measured
    expect(losses).toHaveLength(steps)
    for (const loss of losses) expect(Number.isFinite(loss) && loss > 0).toBe(true)
    expect(peakBytes).toBeLessThan(mostBytes)
    const description = describeArchitecture(architecture, input)
    const { parameters, multiplyAdds } = description
    const estimated = stepMilliseconds(stepWork(architecture, description, input), batch, speed)
    const ms = Math.min(...elapsedMs.slice(1))
    const size = `${input.channels}×${input.height}×${input.width}`
    const counts = `${parameters.toLocaleString('en')} | ${multiplyAdds.toLocaleString('en')}`
    console.log(
      `| ${name} | ${size} | ${counts} | ${batch} | ${ms.toFixed(0)} | ${estimated.toFixed(0)} (${(estimated / ms).toFixed(2)}) | ${(loadMs / 1000).toFixed(1)} | ${Math.round(peakBytes / 2 ** 20)} MB |`,
    )
  },
)
