import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PROTOCOL_VERSION } from '../../engine/protocol/version.ts'
import { openRawWindow } from './fixtures/raw-window.ts'
import { startTestServer, type TestServer, until } from './fixtures/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer('/nowhere')
})
afterAll(() => server.close())

/** The host is well if another window gets an answer. */
async function expectAlive(): Promise<void> {
  const window = server.connect()
  expect(await window.request('app.info', {})).toMatchObject({ version: '0.0.0-test' })
  window.close()
}

test('random bytes end the connection with a sentence, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, isBinary) => {
      const window = await openRawWindow(server.socketAddress())
      window.socket.send(bytes, { binary: isBinary })
      await until(() => window.isClosed || window.received.some(({ kind }) => kind === 'failure'))
      window.socket.terminate()
    }),
    { numRuns: 60, seed: 1 },
  )
  await expectAlive()
})

test('any JSON that is no message is answered with a failure of code badInput, and the connection goes on', async () => {
  const window = await openRawWindow(server.socketAddress())
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 4 }), async (text) => {
      const before = window.received.length
      window.socket.send(text)
      await until(() => window.received.length > before)
      expect(window.received.at(-1)).toMatchObject({ kind: 'failure', code: 'badInput' })
    }),
    { numRuns: 100, seed: 2 },
  )
  expect(window.isClosed).toBe(false)
  window.socket.terminate()
  await expectAlive()
})

test('messages of the right kind with wrong contents are refused by name', async () => {
  const window = await openRawWindow(server.socketAddress())
  const cases: [object, object][] = [
    [
      { kind: 'request', id: 1, method: 'runs.burn', parameters: {} },
      { id: 1, message: 'The engine knows no request "runs.burn".' },
    ],
    [
      { kind: 'request', id: 2, method: '__proto__', parameters: {} },
      { id: 2, code: 'badInput' },
    ],
    [
      { kind: 'request', id: 3, method: 'runs.open', parameters: { runId: 5 } },
      { id: 3, message: expect.stringContaining('at runId') },
    ],
    [
      { kind: 'request', id: 4, method: 'runs.open' },
      { id: 4, code: 'badInput' },
    ],
    [
      { kind: 'request', id: -1, method: 'app.info', parameters: {} },
      { id: 0, code: 'badInput' },
    ],
    [
      { kind: 'subscribe', id: 5, topic: { kind: 'moon' } },
      { id: 5, code: 'badInput' },
    ],
    [
      { kind: 'subscribe', id: 6, topic: { kind: 'run', runId: 'x' }, since: -1 },
      { id: 6, code: 'badInput' },
    ],
    [
      { kind: 'request', id: 7, method: 'runs.open', parameters: { runId: '../../etc' } },
      { id: 7, code: 'notFound' },
    ],
    [
      {
        kind: 'request',
        id: 8,
        method: 'data.open',
        parameters: { settings: { source: { kind: 'path', path: '/etc' } } },
      },
      { id: 8, message: expect.stringContaining('is outside') },
    ],
  ]
  for (const [message, expected] of cases) {
    const before = window.received.length
    window.send(message as Record<string, unknown>)
    await until(() => window.received.length > before)
    expect(window.received.at(-1)).toMatchObject({ kind: 'failure', ...expected })
  }
  // Acknowledging what was never sent is nobody's concern.
  window.send({ kind: 'acknowledge', id: 99, sequence: 12 })
  window.send({ kind: 'unsubscribe', id: 99 })
  window.send({ kind: 'request', id: 10, method: 'app.info', parameters: {} })
  await until(() => window.received.some((message) => message.kind === 'result' && message.id === 10))
  window.socket.terminate()
})

test('a frame larger than any message ends the connection', async () => {
  const window = await openRawWindow(server.socketAddress())
  window.socket.on('error', () => undefined)
  window.socket.send(`"${'x'.repeat(2 ** 20)}"`)
  await until(() => window.isClosed)
  await expectAlive()
})

test('a window of another version is told so and not served', async () => {
  const window = await openRawWindow(server.socketAddress(), false)
  window.send({ kind: 'hello', version: PROTOCOL_VERSION + 1 })
  await until(() => window.isClosed)
  expect(window.received).toEqual([
    {
      kind: 'failure',
      id: 0,
      code: 'versionMismatch',
      message: `This window speaks version ${PROTOCOL_VERSION + 1} of the protocol and the engine version ${PROTOCOL_VERSION}; reload the window or restart Filterscope so that both are the same.`,
    },
  ])
})

test('a window that does not greet is not served', async () => {
  const window = await openRawWindow(server.socketAddress(), false)
  window.send({ kind: 'request', id: 1, method: 'app.info', parameters: {} })
  await until(() => window.received.length === 1)
  expect(window.received[0]).toMatchObject({ kind: 'failure', id: 1, code: 'badInput' })
  window.socket.terminate()
})
