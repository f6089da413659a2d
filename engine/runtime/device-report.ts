import type { DeviceChoice, DeviceReport } from '../protocol/runs.ts'
import { type ProviderName, providerNames } from '../protocol/settings.ts'
import { type ProbeResult, probeProvider } from './probe-provider.ts'
import { absence, automaticOrder, deviceLabel, providerTitles, remedies } from './providers.ts'
import { RuntimeError } from './runtime-error.ts'

/** Every provider with whether it works here, found out by computing on it in a process of its own, one after another. */
export async function listDevices(): Promise<DeviceReport[]> {
  const cpu = await probeProvider('cpu')
  const reports: DeviceReport[] = []
  for (const provider of providerNames) reports.push(await report(provider, cpu))
  return reports
}

/**
 * The provider to train on. 'auto' takes the first accelerator that works and beats the CPU at a test convolution,
 * else the CPU; a provider asked for by name must work, else RuntimeError says why not and what to do.
 */
export async function chooseDevice(requested: 'auto' | ProviderName): Promise<DeviceChoice> {
  if (requested === 'cpu') return { provider: 'cpu', label: deviceLabel('cpu'), reason: 'The CPU was asked for.' }
  return requested === 'auto' ? chooseAutomatically() : chooseNamed(requested)
}

async function chooseAutomatically(): Promise<DeviceChoice> {
  let cpu: ProbeResult | undefined
  const refusals: string[] = []
  for (const provider of automaticOrder) {
    if (absence(provider) !== undefined) continue
    const probe = await probeProvider(provider)
    cpu ??= await probeProvider('cpu')
    const { usable, reason } = judge(provider, probe, cpu)
    if (usable && beats(probe, cpu)) return { provider, label: deviceLabel(provider), reason }
    refusals.push(reason)
  }
  const reason = ['No faster device than the CPU was found.', ...refusals].join(' ')
  return { provider: 'cpu', label: deviceLabel('cpu'), reason }
}

async function chooseNamed(provider: ProviderName): Promise<DeviceChoice> {
  const { usable, reason, advice, label } = await report(provider)
  if (!usable) throw new RuntimeError(provider, [`The device "${provider}" cannot be used.`, reason, advice].join(' '))
  return { provider, label, reason: `${providerTitles[provider]} was asked for.` }
}

async function report(provider: ProviderName, cpu?: ProbeResult): Promise<DeviceReport> {
  const missing = absence(provider)
  if (missing !== undefined) return { provider, label: providerTitles[provider], usable: false, ...missing }
  const probe = provider === 'cpu' && cpu !== undefined ? cpu : await probeProvider(provider)
  const { usable, reason } = judge(provider, probe, cpu)
  const slow = usable && provider !== 'cpu' && cpu !== undefined && !beats(probe, cpu)
  return {
    provider,
    label: usable && !slow ? deviceLabel(provider) : providerTitles[provider],
    usable,
    reason,
    advice: usable ? (slow ? slowAdvice : '') : remedies[provider],
  }
}

const slowAdvice =
  'Training on the CPU is faster here; install the graphics driver if this machine has a graphics card.'

/** What a probe says, as a sentence. */
function judge(
  provider: ProviderName,
  probe: ProbeResult,
  cpu: ProbeResult | undefined,
): { usable: boolean; reason: string } {
  const title = providerTitles[provider]
  if (!probe.works) return { usable: false, reason: `${title} failed its test computation: ${probe.message}.` }
  if (provider === 'cpu') return { usable: true, reason: 'The CPU always works.' }
  if (cpu === undefined || !cpu.works) return { usable: true, reason: `${title} computed the test convolution.` }
  const ratio = cpu.milliseconds / probe.milliseconds
  const verdict =
    ratio > 1
      ? `${rounded(ratio)} times as fast as the CPU`
      : `${rounded(1 / ratio)} times slower than the CPU, as a program that imitates a graphics card is`
  return { usable: true, reason: `In a test convolution ${title} was ${verdict}.` }
}

function rounded(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(1) : String(Math.round(ratio))
}

/** A device must win clearly: copying batches to it costs something that the test convolution does not show. */
function beats(probe: ProbeResult, cpu: ProbeResult): boolean {
  return probe.works && cpu.works && probe.milliseconds * 1.5 < cpu.milliseconds
}
