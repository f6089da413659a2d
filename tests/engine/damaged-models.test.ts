import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, it } from 'vitest'
import { type BuiltPrograms, buildPrograms } from '../server/fixtures/built-programs.ts'
import { expectNoFault, tryDamaged } from './damaged-models.ts'
import { wholeModels } from './whole-models.ts'

const casesOfEach = 400

let programs: BuiltPrograms
beforeAll(async () => {
  programs = await buildPrograms({
    damage: fileURLToPath(new URL('./damaged-models-process.ts', import.meta.url)),
  })
})
afterAll(() => programs.remove())

it.each(Object.entries(wholeModels))(
  'however the file of %s is damaged, it opens or is refused in a sentence, and memory stays bounded',
  async (title, model) => {
    const report = await tryDamaged(join(programs.folder, 'damage.js'), title, model(), casesOfEach)
    expectNoFault(report, casesOfEach)
  },
)
