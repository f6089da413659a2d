import { stat } from 'node:fs/promises'
import { homedir, networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import open from 'open'
import type { SpawnEngineProcess } from '../../host/engine-process.ts'
import { type RunningServer, startServer } from '../../server/server.ts'
import { ServerError } from '../../server/server-error.ts'
import { InputError } from '../input-error.ts'

/** Taken where no port is asked for, if it is free. */
const usualPort = 8750
const shortestToken = 8

export interface ServeParts {
  readonly spawn: SpawnEngineProcess
  readonly version: string
  /** The folder of the built programs; the built window lies beside it. */
  readonly programFolder: string
}

interface ServeOptions {
  readonly port?: number
  readonly host: string
  readonly token?: string
  readonly root: string
  readonly runsFolder?: string
  readonly name: readonly string[]
  readonly open?: true
}

/** `filterscope serve`: the same workbench in a browser. */
export function serveCommand(parts: ServeParts): Command {
  return new Command('serve')
    .description('serve the workbench to a browser')
    .option('--port <number>', `port to listen on (default: ${usualPort}, or any free one)`, portNumber)
    .option('--host <address>', 'address to listen on; 0.0.0.0 is reachable from other machines', '127.0.0.1')
    .option(
      '--token <text>',
      `access token of at least ${shortestToken} characters (default: a new one at each start)`,
      token,
    )
    .option('--root <folder>', 'the only folder whose files the browser may open', homedir())
    .option('--runs-folder <folder>', 'where runs are kept (default: the one chosen last, else ~/Filterscope/runs)')
    .option('--name <host>', 'a further host name under which browsers reach this server', collect, [])
    .option('--open', 'open the browser')
    .action((options: ServeOptions) => serve(options, parts))
}

async function serve(options: ServeOptions, { spawn, version, programFolder }: ServeParts): Promise<void> {
  const root = resolve(options.root)
  const found = await stat(root).catch(() => undefined)
  if (!found?.isDirectory()) throw new InputError(`${root} is not a folder; give --root a folder that exists.`)
  const server = await startOn(options.port, (port) =>
    startServer({
      spawn,
      version,
      staticFolder: join(programFolder, '..', 'renderer'),
      host: options.host,
      port,
      root,
      names: options.name,
      ...(options.token === undefined ? {} : { token: options.token }),
      ...(options.runsFolder === undefined ? {} : { runsFolder: resolve(options.runsFolder) }),
    }),
  )
  const runsFolder = server.host.runsFolder
  process.stdout.write(`Filterscope is at ${addresses(server, options.host).join('\n            or at ')}\n`)
  process.stdout.write(`Files under ${root} can be opened; runs go to ${runsFolder}. Ctrl+C ends it.\n`)
  closeOnSignal(server)
  if (options.open) {
    await open(server.url).catch(() => process.stderr.write('No browser could be opened; open the address above.\n'))
  }
}

/** With a port asked for, that one or an error; without, the usual one or else any. */
async function startOn(port: number | undefined, start: (port: number) => Promise<RunningServer>) {
  try {
    return await start(port ?? usualPort).catch((error: unknown) => {
      if (port !== undefined || !isPortTaken(error)) throw error
      return start(0)
    })
  } catch (error) {
    if (error instanceof ServerError) throw new InputError(error.message, { cause: error })
    throw error
  }
}

function isPortTaken(error: unknown): boolean {
  const cause = error instanceof ServerError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
}

/** The addresses a person may open: on every interface where the server listens on all. */
function addresses(server: RunningServer, host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [server.url]
  const outside = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => server.url.replace('127.0.0.1', address))
  return [server.url, ...outside]
}

function closeOnSignal(server: RunningServer): void {
  let isClosing = false
  const close = () => {
    if (isClosing) process.exit(1)
    isClosing = true
    const { activeRun } = server.host
    if (activeRun) process.stderr.write(`Writing a checkpoint of run ${activeRun.id}; Ctrl+C again ends it without.\n`)
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', close)
  process.on('SIGTERM', close)
}

function portNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65535) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
  }
  return value
}

function token(text: string): string {
  if (/^[\w-]+$/.test(text) && text.length >= shortestToken) return text
  throw new InvalidArgumentError(`It must have at least ${shortestToken} letters, digits, dashes or underscores.`)
}

function collect(name: string, names: readonly string[]): string[] {
  return [...names, name]
}
