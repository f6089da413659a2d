import { join } from 'node:path'
import { MessageChannelMain, utilityProcess } from 'electron'
import type { MessagePortMain, UtilityProcess } from 'electron'
import type { HostCommand, HostRequest } from '../engine-host/host-messages.ts'
import { hostRequestSchema } from '../engine-host/host-messages.ts'

export interface EngineOptions {
  /** The folder of engine-host.js, trainer.js and inspector.js. */
  readonly folder: string
  readonly version: string
  /** The host ended again and again right after its start; `reason` is a sentence. */
  readonly onGivenUp: (reason: string) => void
}

/** A host that dies younger than this has not recovered from anything. */
const shortLifeMs = 10_000
const shortLivesAllowed = 3
/** How long the host may take to write a checkpoint before it is ended all the same. */
const closePatienceMs = 25_000

/**
 * The engine's processes: the host, kept alive for as long as the application, and the trainer and inspector
 * it asks for. Only this process can start them; each gets its own port to the host, and nothing passes through here.
 */
export class EngineProcesses {
  readonly #options: EngineOptions
  readonly #children = new Map<number, UtilityProcess>()
  /** undefined only between its end and its next start, and once it has been given up. */
  #host: UtilityProcess | undefined
  #hostStartedAt = 0
  #shortLives = 0
  #isClosing = false
  #hostClosed: (() => void) | undefined

  constructor(options: EngineOptions) {
    this.#options = options
    this.#host = this.#startHost()
  }

  /** One end of a new line to the host; the other end is the host's. */
  openLine(): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain()
    this.#tell({ kind: 'window' }, port2)
    return port1
  }

  /** Lets the host write a checkpoint of the run being trained, then ends everything. */
  async close(): Promise<void> {
    this.#isClosing = true
    if (this.#host === undefined) return
    await new Promise<void>((resolve) => {
      this.#hostClosed = resolve
      this.#tell({ kind: 'close' })
      setTimeout(resolve, closePatienceMs).unref()
    })
    this.kill()
  }

  /** Ends everything at once. */
  kill(): void {
    this.#isClosing = true
    for (const child of this.#children.values()) killNow(child)
    if (this.#host) killNow(this.#host)
  }

  #startHost(): UtilityProcess {
    const host = this.#fork('engine-host', 'Filterscope engine', [this.#options.version])
    this.#hostStartedAt = Date.now()
    host.on('message', (message) => this.#answer(hostRequestSchema.parse(message)))
    host.on('exit', (code) => this.#hostExited(code))
    return host
  }

  #hostExited(code: number): void {
    for (const child of this.#children.values()) killNow(child)
    this.#children.clear()
    this.#host = undefined
    this.#hostClosed?.()
    if (this.#isClosing) return
    console.error(`The engine host ended with exit code ${code}; it is started again.`)
    this.#shortLives = Date.now() - this.#hostStartedAt < shortLifeMs ? this.#shortLives + 1 : 0
    if (this.#shortLives > shortLivesAllowed) {
      this.#options.onGivenUp(
        `The engine ended ${this.#shortLives} times right after its start (exit code ${code}); start Filterscope from a terminal with \`npm start\` to see why.`,
      )
    } else this.#host = this.#startHost()
  }

  #answer(request: HostRequest): void {
    if (request.kind === 'spawn') this.#spawn(request.processId, request.processKind)
    else if (request.kind === 'closed') this.#hostClosed?.()
    else {
      const child = this.#children.get(request.processId)
      if (child) killNow(child)
    }
  }

  #spawn(processId: number, processKind: 'trainer' | 'inspector'): void {
    const host = this.#host
    const child = this.#fork(processKind, `Filterscope ${processKind}`)
    this.#children.set(processId, child)
    child.on('exit', (code) => {
      // A host that came after must not hear of its predecessor's processes.
      if (this.#host !== host) return
      this.#children.delete(processId)
      this.#tell({ kind: 'processExited', processId, code })
    })
    const { port1, port2 } = new MessageChannelMain()
    child.postMessage({ kind: 'host' }, [port1])
    this.#tell({ kind: 'processPort', processId }, port2)
  }

  #fork(file: string, serviceName: string, parameters: string[] = []): UtilityProcess {
    const program = join(this.#options.folder, `${file}.js`)
    const child = utilityProcess.fork(program, parameters, { serviceName, stdio: 'inherit' })
    // Its 'exit' follows; without a listener this event would end the application itself.
    child.on('error', (type, location) => console.error(`${serviceName} met a ${type} in ${location}.`))
    return child
  }

  #tell(command: HostCommand, port?: MessagePortMain): void {
    this.#host?.postMessage(command, port ? [port] : [])
  }
}

/** SIGKILL rather than `child.kill()`: a process in the middle of a native call answers no polite signal. */
function killNow(child: UtilityProcess): void {
  if (child.pid === undefined) {
    child.once('spawn', () => killNow(child))
    return
  }
  try {
    process.kill(child.pid, 'SIGKILL')
  } catch {
    // It has ended in the meantime.
  }
}
