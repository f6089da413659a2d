import { expect, it } from 'vitest'
import { createNewestRequest } from './newest-request.ts'

it('skips jobs that were overtaken while another was under way', async () => {
  const done: number[] = []
  const gates = new Map<number, () => void>()
  const ask = createNewestRequest<number>(
    (job) =>
      new Promise((resolve) => {
        gates.set(job, () => {
          done.push(job)
          resolve()
        })
      }),
  )
  ask(1)
  ask(2)
  ask(3)
  gates.get(1)?.()
  await Promise.resolve()
  await Promise.resolve()
  expect([...gates.keys()]).toEqual([1, 3])
  gates.get(3)?.()
  await new Promise((resolve) => setTimeout(resolve))
  ask(4)
  gates.get(4)?.()
  expect(done).toEqual([1, 3, 4])
})
