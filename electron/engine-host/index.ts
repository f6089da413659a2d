import type { MessagePortMain } from 'electron'
import type { EngineProcess, EngineProcessKind } from '../../engine/host/engine-process.ts'
import { createHost } from '../../engine/host/host.ts'
import type { Channel } from '../../engine/protocol/channel.ts'
import type { HostCommand, HostRequest } from './host-messages.ts'

/** A process that main starts for the host: messages wait until main has handed over its port. */
class PortProcess implements EngineProcess {
  readonly #kill: () => void
  #port: MessagePortMain | undefined
  #waiting: unknown[] = []
  #hasExited = false
  readonly #messageListeners: ((message: unknown) => void)[] = []
  readonly #exitListeners: ((code: number | undefined, signal: string | undefined) => void)[] = []

  constructor(kill: () => void) {
    this.#kill = kill
  }

  post(message: unknown): void {
    if (this.#hasExited) return
    if (this.#port) this.#port.postMessage(message)
    else this.#waiting.push(message)
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#messageListeners.push(listener)
  }

  onExit(listener: (code: number | undefined, signal: string | undefined) => void): void {
    this.#exitListeners.push(listener)
  }

  kill(): void {
    this.#kill()
  }

  connect(port: MessagePortMain): void {
    this.#port = port
    port.on('message', ({ data }) => {
      for (const listener of this.#messageListeners) listener(data)
    })
    for (const message of this.#waiting) port.postMessage(message)
    this.#waiting = []
    port.start()
  }

  exited(code: number): void {
    this.#hasExited = true
    this.#port?.close()
    for (const listener of this.#exitListeners) listener(code, undefined)
  }
}

/** A window's port. Electron loses the data of a transferred ArrayBuffer, so everything is copied. */
function portChannel(port: MessagePortMain): Channel {
  return {
    post: (message) => port.postMessage(message),
    onMessage(listener) {
      port.on('message', ({ data }) => listener(data))
      port.start()
    },
    onClose: (listener) => port.on('close', () => listener('The window was closed.')),
    close: () => port.close(),
    bufferedBytes: 0,
  }
}

const main = process.parentPort
const request = (message: HostRequest) => main.postMessage(message)
const processes = new Map<number, PortProcess>()
let lastProcessId = 0

function spawn(processKind: EngineProcessKind): EngineProcess {
  const processId = ++lastProcessId
  const started = new PortProcess(() => request({ kind: 'kill', processId }))
  processes.set(processId, started)
  request({ kind: 'spawn', processId, processKind })
  return started
}

const host = createHost({ spawn, version: process.argv[2] ?? '', mode: 'desktop' })

function obey(command: HostCommand, port: MessagePortMain | undefined): void {
  switch (command.kind) {
    case 'window':
      if (port) host.connect(portChannel(port))
      return
    case 'processPort':
      if (port) processes.get(command.processId)?.connect(port)
      return
    case 'processExited':
      processes.get(command.processId)?.exited(command.code)
      processes.delete(command.processId)
      return
    case 'close':
      void host.close().finally(() => request({ kind: 'closed' }))
  }
}

main.on('message', ({ data, ports }) => obey(data as HostCommand, ports[0]))
// Ctrl+C in a terminal reaches this process too; main is the one to decide what is saved before the end.
process.on('SIGINT', () => undefined)
