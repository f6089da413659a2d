import { EventEmitter } from 'node:events'
import { MessageChannel, MessagePort } from 'node:worker_threads'

/** Electron's MessagePortMain over Node's MessagePort: messages are events with `data`, and only ports can be transferred. */
export class StandInPort extends EventEmitter {
  readonly port: MessagePort

  constructor(port: MessagePort) {
    super()
    this.port = port
    port.on('close', () => this.emit('close'))
  }

  start(): void {
    this.port.on('message', (data) => this.emit('message', { data, ports: [] }))
  }

  postMessage(message: unknown, transfer: readonly StandInPort[] = []): void {
    const ports = transfer.map(({ port }) => port)
    if (!ports.every((port) => port instanceof MessagePort)) throw new TypeError('Only ports can be transferred.')
    this.port.postMessage(message, ports)
  }

  close(): void {
    this.port.close()
  }
}

export class StandInChannel {
  readonly port1: StandInPort
  readonly port2: StandInPort

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new StandInPort(port1)
    this.port2 = new StandInPort(port2)
  }
}
