import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { chooseDevice, listDevices } from './device-report.ts'
import { probeProvider } from './probe-provider.ts'

const softwareGpu = '/usr/lib/chromium/vk_swiftshader_icd.json'

describe('the devices of this machine', () => {
  it('are all reported, the CPU as usable and every other with a reason and, if unusable, what to do', async () => {
    const reports = await listDevices()
    expect(reports.map(({ provider }) => provider)).toEqual(['cpu', 'webgpu', 'cuda', 'dml', 'coreml'])
    expect(reports[0]).toMatchObject({ usable: true, label: expect.stringMatching(/^CPU · \d+ threads?$/) })
    for (const { reason, advice, usable } of reports) {
      expect(reason).toMatch(/^[A-Z].+\.$/)
      if (!usable) expect(advice).not.toBe('')
    }
  })

  it('refuse one that does not exist on this system by name, with what to do', async () => {
    const elsewhere = process.platform === 'win32' ? 'coreml' : 'dml'
    await expect(chooseDevice(elsewhere)).rejects.toThrow(
      /^The device "\w+" cannot be used\. .+ is not part of ONNX Runtime on .+\./,
    )
  })
})

describe('a test computation', () => {
  it('tells the time the CPU took', async () => {
    const result = await probeProvider('cpu')
    expect(result.works && result.milliseconds > 0).toBe(true)
  })

  it('tells why a provider failed, with the message of the runtime', async () => {
    const elsewhere = process.platform === 'win32' ? 'coreml' : 'dml'
    const result = await probeProvider(elsewhere)
    expect(result).toEqual({ works: false, message: expect.stringContaining('backend not found') })
  })
})

describe.skipIf(!existsSync(softwareGpu))(`a program that imitates a graphics card (${softwareGpu})`, () => {
  afterEach(() => vi.unstubAllEnvs())

  it('can be asked for, and is never chosen by itself', async () => {
    vi.stubEnv('VK_ICD_FILENAMES', softwareGpu)
    vi.stubEnv('LD_LIBRARY_PATH', `/usr/lib/chromium:${process.env['LD_LIBRARY_PATH'] ?? ''}`)
    expect(await chooseDevice('webgpu')).toMatchObject({ provider: 'webgpu', reason: 'WebGPU was asked for.' })
    const automatic = await chooseDevice('auto')
    expect(automatic.provider).toBe('cpu')
    expect(automatic.reason).toMatch(/WebGPU was \d+ times slower than the CPU/)
  })
})
