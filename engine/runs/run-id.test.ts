import { describe, expect, it } from 'vitest'
import { createRunId } from './run-id.ts'

const now = new Date(2026, 2, 5, 7, 8, 9)

describe('createRunId', () => {
  it('begins with the local time, so that names sort by age', () => {
    expect(createRunId('lenet5', now)).toMatch(/^2026-03-05-070809-lenet5-[0-9a-f]{4}$/)
  })

  it.each([
    ['My net (2)', 'my-net-2'],
    ['../../etc/passwd', 'etc-passwd'],
    ['Rede número 1', 'rede-n-mero-1'],
    [`${'a'.repeat(39)} and more`, 'a'.repeat(39)],
  ])('makes a file name of %s', (name, part) => {
    expect(createRunId(name, now)).toMatch(new RegExp(`^2026-03-05-070809-${part}-[0-9a-f]{4}$`))
  })

  it('leaves out a name without any letter of its alphabet', () => {
    expect(createRunId('网络', now)).toMatch(/^2026-03-05-070809-[0-9a-f]{4}$/)
  })
})
