import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { writeModel } from '../onnx/write-model.ts'
import type { ProviderName } from '../protocol/settings.ts'
import { buildProbeGraph } from './probe-graph.ts'
import { messageOf } from './runtime-error.ts'

export type ProbeResult =
  /** The fastest of a few runs of the probe graph. */
  { readonly works: true; readonly milliseconds: number } | { readonly works: false; readonly message: string }

const patienceMs = 30_000

/**
 * Plain JavaScript for `node -e`: a child of its own, since a broken driver ends the whole process it is loaded into,
 * and text, since it must also run where the engine is bundled.
 */
const childProgram = `
const [runtimePath, provider] = process.argv.slice(1)
const { InferenceSession, Tensor, env } = require(runtimePath)
env.logLevel = 'fatal'
const read = async () => {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}
const probe = async () => {
  const options = { executionProviders: [provider], logSeverityLevel: 4 }
  const session = await InferenceSession.create(await read(), options)
  const seed = new Tensor('float32', Float32Array.of(1), [1, 1, 1, 1])
  let milliseconds = Infinity
  const begin = performance.now()
  for (let run = 0; run < 2 || (run < 10 && performance.now() - begin < 500); run++) {
    const start = performance.now()
    const { mean } = await session.run({ seed })
    if (!(Math.abs(mean.data[0] - 1) < 1e-3)) throw new Error('it computed ' + mean.data[0] + ' where 1 is right')
    milliseconds = Math.min(milliseconds, performance.now() - start)
  }
  return { works: true, milliseconds }
}
probe()
  .catch((error) => ({ works: false, message: String(error && error.message) }))
  .then((result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)))
`

/** Runs a small convolution on `provider` in a process of its own; a crash or a hang there is a result, not an error. */
export async function probeProvider(provider: ProviderName): Promise<ProbeResult> {
  const runtimePath = createRequire(import.meta.url).resolve('onnxruntime-node')
  // Inside Electron process.execPath is Electron itself, which this variable turns into plain Node.
  const environment = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  const child = spawn(process.execPath, ['-e', childProgram, runtimePath, provider], {
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  })
  return new Promise((resolve) => {
    const fail = (message: string) => resolve({ works: false, message })
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`its test computation did not end within ${patienceMs / 1000} seconds`)
    }, patienceMs)
    let answer = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text))
    child.once('error', (error) => fail(`its test process could not be started: ${messageOf(error)}`))
    // A child that died early closes the pipe; how it died is told by 'close'.
    child.stdin.on('error', () => {})
    child.stdin.end(writeModel({ graph: buildProbeGraph() }))
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (answer === '') fail(`its test process ended with ${signal ?? `exit code ${code}`}`)
      else resolve(read(JSON.parse(answer) as ProbeResult))
    })
  })
}

function read(result: ProbeResult): ProbeResult {
  return result.works ? result : { works: false, message: messageOf(result.message) }
}
