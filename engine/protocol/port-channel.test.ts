import { expect, it } from 'vitest'
import { type Port, portChannel } from './port-channel.ts'

it('carries typed arrays to the window, plain values from it, and tells of the end', async () => {
  const { port1: host, port2: window } = new MessageChannel()
  // Node's own type of the port lacks the parts that it shares with the page's.
  const channel = portChannel(window as unknown as Port)
  const received = new Promise((resolve) => channel.onMessage(resolve))
  host.postMessage({ weights: Float32Array.of(1, 2) })
  expect(await received).toEqual({ weights: Float32Array.of(1, 2) })

  const heard = new Promise((resolve) => host.once('message', resolve))
  // A proxy, as stores hand them out, cannot be cloned.
  channel.post({ layers: new Proxy([1, 2], {}), left: undefined })
  expect(await heard).toEqual({ layers: [1, 2] })

  const closed = new Promise((resolve) => channel.onClose(resolve))
  host.close()
  expect(await closed).toBe('The engine process ended.')
})
