import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createClient, type Client } from '../../engine/protocol/client.ts'
import { portChannel, type Port } from '../../engine/protocol/port-channel.ts'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { fromPage, startShell, type Shell } from './start-shell.ts'

/** The built engine host, trainer and inspector in processes of their own, wired by the built main script. */
describe('the engine behind the shell', () => {
  const home = mkdtempSync(join(tmpdir(), 'filterscope-home-'))
  let shell: Shell
  let client: Client

  beforeAll(async () => {
    vi.stubEnv('HOME', home)
    vi.stubEnv('USERPROFILE', home)
    vi.stubEnv('XDG_CONFIG_HOME', join(home, '.config'))
    vi.stubEnv('APPDATA', join(home, 'AppData'))
    shell = await startShell({ prepare: ({ utilityProcess }) => (utilityProcess.runsPrograms = true) })
    client = createClient(connect, { retryDelays: [50] })
  })

  afterAll(() => {
    client.close()
    shell.window.close()
    rmSync(home, { recursive: true, force: true })
  })

  /** As the page does it: ask for a port and take what comes. */
  function connect() {
    const { posted } = shell.window.webContents
    fromPage(shell, 'requestPort')
    const port = posted.at(-1)?.ports[0]?.port
    if (!port) throw new Error('The shell handed out no port.')
    return Promise.resolve(portChannel(port as unknown as Port))
  }

  function newest(file: string) {
    return shell.utilityProcess.forked.findLast((child) => child.file.endsWith(file))
  }

  /** Starts a run of the bundled sample and follows its log. */
  async function startRun(epochs: number) {
    const presets = await client.request('architecture.presets', {})
    const small = presets.find(({ architecture }) => architecture.name === 'small')
    if (!small) throw new Error('There is no preset "small".')
    const { runId } = await client.request('runs.start', {
      settings: {
        data: { source: { kind: 'xo', options: { count: 400 } } },
        network: { kind: 'layers', architecture: small.architecture },
        training: { epochs, optimizer: { kind: 'adam' }, schedule: {}, device: 'cpu' },
      },
    })
    return { runId, ...followLog(runId) }
  }

  function followLog(runId: string) {
    const entries: RunLogEntry[] = []
    const stop = client.subscribe({ kind: 'run', runId }, {}, (entry) => void entries.push(entry))
    const until = <K extends RunLogEntry['kind']>(
      kind: K,
      isWanted: (entry: Extract<RunLogEntry, { kind: K }>) => boolean = () => true,
    ) =>
      vi.waitFor(
        () => {
          const found = entries.find((entry) => entry.kind === kind && isWanted(entry as never))
          if (!found) throw new Error(`No such '${kind}'; the last entry is ${JSON.stringify(entries.at(-1))}.`)
          return found as Extract<RunLogEntry, { kind: K }>
        },
        { timeout: 60_000 },
      )
    return { entries, until, stop }
  }

  it('answers the page', async () => {
    const info = await client.request('app.info', {})
    expect(info).toMatchObject({
      version: '0.0.0-test',
      mode: 'desktop',
      runsFolder: join(home, 'Filterscope', 'runs'),
    })
  })

  it('opens data in the inspector, pixels and all', async () => {
    const settings = { source: { kind: 'xo' as const, options: { count: 60, size: 24 } } }
    const { dataId, summary } = await client.request('data.open', { settings })
    expect(summary.image).toMatchObject({ width: 24, height: 24 })
    const { pixels } = await client.request('data.thumbnails', { dataId, split: 'train', offset: 0, count: 4 })
    expect(pixels).toBeInstanceOf(Uint8Array)
    expect(pixels).toHaveLength(4 * 24 * 24)
  })

  it('trains in the trainer and brings its filters', async () => {
    const { until, stop, runId } = await startRun(1)
    expect((await until('finished')).testAccuracy).toBeGreaterThan(0.5)
    stop()
    const { kernelLayers } = await client.request('runs.open', { runId })
    const layer = kernelLayers[0]?.name ?? ''
    const { weights } = await client.request('runs.filters', { runId, layer, step: 0 })
    expect(weights.dims).toEqual(kernelLayers[0]?.shape)
    expect(weights.data).toBeInstanceOf(Float32Array)
  })

  it('outlives its trainer: the run can go on', async () => {
    const { until, stop, runId } = await startRun(5000)
    await until('checkpoint', ({ step }) => step > 0)
    newest('trainer.js')?.die(139)
    await until('phase', ({ phase }) => phase === 'interrupted' || phase === 'failed')
    await client.request('runs.continue', { runId })
    await until('phase', ({ phase, step }) => phase === 'running' && step > 0)
    await client.request('runs.stop', { runId })
    await until('finished')
    stop()
  })

  it('is there again after the death of its host', async () => {
    const { state } = client
    const before = state.kind === 'open' ? state.hostId : undefined
    newest('engine-host.js')?.die(134)
    await vi.waitFor(
      () =>
        expect(client.state).toMatchObject({ kind: 'open', hostId: expect.not.stringMatching(before ?? '') as string }),
      { timeout: 20_000 },
    )
    expect(shell.window.isGone).toBe(false)
    expect(await client.request('runs.list', {})).toHaveLength(2)
  })
})
