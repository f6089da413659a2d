import { expect, it } from 'vitest'
import type { InspectorSupervisor } from '../inspector-supervisor.ts'
import type { RunSupervisor } from '../run-supervisor.ts'
import { speedHandlers } from './speed.ts'

it.each([
  ['may measure where nothing trains', undefined, true],
  ['only asks for what is kept beside a run', { id: 'one' }, false],
])('%s', async (_, active, mayMeasure) => {
  const calls: unknown[] = []
  const inspector = {
    call: (method: string, parameters: unknown) => {
      calls.push([method, parameters])
      return Promise.resolve({})
    },
  } as unknown as InspectorSupervisor
  const handlers = speedHandlers({ inspector, runs: { active } as unknown as RunSupervisor })
  expect(await handlers['speed.measure']({})).toEqual({})
  expect(calls).toEqual([['speed.measure', { mayMeasure }]])
})
