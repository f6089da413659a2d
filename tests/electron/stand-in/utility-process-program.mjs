// Runs a program of out/main as Electron does in a utility process: with `process.parentPort` and the ports handed to it.
import { EventEmitter } from 'node:events'
import { pathToFileURL } from 'node:url'

const send = process.send.bind(process)
const ports = new Map()

class Port extends EventEmitter {
  constructor(portId) {
    super()
    this.portId = portId
    this.waiting = []
    ports.set(portId, this)
  }

  /** Messages wait until the port is started. */
  start() {
    const waiting = this.waiting
    this.waiting = undefined
    for (const data of waiting) this.emit('message', { data, ports: [] })
  }

  receive(data) {
    if (this.waiting) this.waiting.push(data)
    else this.emit('message', { data, ports: [] })
  }

  postMessage(data) {
    send({ kind: 'portMessage', portId: this.portId, data })
  }

  close() {
    send({ kind: 'portClosed', portId: this.portId })
  }
}

const parentPort = new EventEmitter()
parentPort.postMessage = (data) => send({ kind: 'message', data, portIds: [] })
process.parentPort = parentPort

// Node keeps the messages of its own pipe until somebody listens, so they wait for the program to be loaded.
await import(pathToFileURL(process.env.UTILITY_PROCESS_FILE).href)
process.on('message', (relayed) => {
  if (relayed.kind === 'portMessage') ports.get(relayed.portId)?.receive(relayed.data)
  else if (relayed.kind === 'portClosed') ports.get(relayed.portId)?.emit('close')
  else parentPort.emit('message', { data: relayed.data, ports: relayed.portIds.map((portId) => new Port(portId)) })
})
process.on('disconnect', () => process.exit())
