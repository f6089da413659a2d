import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface ServedWorkbench {
  /** The address with its token. */
  readonly url: string
  /** The only folder it serves; runs go to `runs` below it. */
  readonly root: string
  readonly pid: number
  /** Ends it as a crash would: nothing is saved, and its folder stays. */
  kill(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** What a workbench started again has in common with the one before. */
export interface StartAgain {
  readonly port: string
  readonly token: string
  readonly root: string
}

const program = join(import.meta.dirname, '../../out/main/filterscope.js')
const LONGEST_START_MS = 90_000

/** Starts the built workbench as `filterscope serve` does, on a free port over an empty folder of its own. */
export async function serveWorkbench(again?: StartAgain): Promise<ServedWorkbench> {
  if (!existsSync(program)) throw new Error(`${program} is missing; run \`npm run build\` before the browser tests.`)
  const root = again?.root ?? (await mkdtemp(join(tmpdir(), 'filterscope-app-')))
  const parameters = [program, 'serve', '--port', again?.port ?? '0', '--root', root]
  parameters.push('--runs-folder', join(root, 'runs'), ...(again ? ['--token', again.token] : []))
  const server = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  let complaints = ''
  server.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The server did not start. ${complaints}`)), LONGEST_START_MS)
    createInterface({ input: server.stdout }).on('line', (line) => {
      const address = /(http:\/\/\S+)/.exec(line)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    })
    server.once('exit', (code) => reject(new Error(`The server ended with exit code ${code}. ${complaints}`)))
  })
  return {
    url,
    root,
    pid: server.pid ?? Number.NaN,
    async kill() {
      server.kill('SIGKILL')
      await ended
    },
    async stop() {
      server.kill()
      await ended
      await rm(root, { recursive: true, force: true })
    },
  }
}
