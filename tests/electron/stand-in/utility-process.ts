import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { StandInPort } from './message-port.ts'

/** Far above any process id of a system, so that nothing real is ever killed. */
let lastPid = 2 ** 30

/** What goes between this process and a program that runs: messages of its own, and those of the ports it was handed. */
export type Relayed =
  | { readonly kind: 'message'; readonly data: unknown; readonly portIds: readonly number[] }
  | { readonly kind: 'portMessage'; readonly portId: number; readonly data: unknown }
  | { readonly kind: 'portClosed'; readonly portId: number }

/**
 * A utility process. By default only a record of what it was sent; where it `runs`, a Node process
 * whose `process.parentPort` and handed ports are relayed through here, Node having no ports between processes.
 */
export class StandInProcess extends EventEmitter {
  readonly posted: { readonly message: { readonly kind: string }; readonly ports: readonly StandInPort[] }[] = []
  /** Unknown until the process has been spawned, as in Electron. */
  pid: number | undefined
  readonly file: string
  readonly parameters: readonly string[]
  readonly #child: ChildProcess | undefined
  readonly #ports = new Map<number, StandInPort>()

  constructor(file: string, parameters: readonly string[], runs: boolean) {
    super()
    this.file = file
    this.parameters = parameters
    this.#child = runs ? this.#fork() : undefined
    this.pid = this.#child?.pid ?? ++lastPid
  }

  postMessage(message: { readonly kind: string }, ports: readonly StandInPort[] = []): void {
    this.posted.push({ message, ports })
    if (this.#child) this.#send({ kind: 'message', data: message, portIds: ports.map((port) => this.#relay(port)) })
  }

  /** The process dies, as by a signal. */
  die(code: number): void {
    if (this.#child) this.#child.kill('SIGKILL')
    else this.emit('exit', code)
  }

  #fork(): ChildProcess {
    const program = join(import.meta.dirname, 'utility-process-program.mjs')
    const child = fork(program, [...this.parameters], {
      serialization: 'advanced',
      stdio: ['ignore', 2, 2, 'ipc'],
      execArgv: [],
      env: { ...process.env, UTILITY_PROCESS_FILE: this.file },
    })
    child.on('message', (relayed) => this.#receive(relayed as Relayed))
    child.on('exit', (code, signal) => {
      for (const port of this.#ports.values()) port.close()
      this.emit('exit', code ?? (signal === 'SIGKILL' ? 137 : 1))
    })
    return child
  }

  #relay(port: StandInPort): number {
    const portId = this.#ports.size + 1
    this.#ports.set(portId, port)
    port.on('message', ({ data }) => this.#send({ kind: 'portMessage', portId, data }))
    port.on('close', () => this.#send({ kind: 'portClosed', portId }))
    port.start()
    return portId
  }

  #receive(relayed: Relayed): void {
    if (relayed.kind === 'message') this.emit('message', relayed.data)
    else if (relayed.kind === 'portMessage') this.#ports.get(relayed.portId)?.postMessage(relayed.data)
    else this.#ports.get(relayed.portId)?.close()
  }

  #send(relayed: Relayed): void {
    if (this.#child?.connected) this.#child.send(relayed, () => undefined)
  }
}
