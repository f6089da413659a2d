import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { watchMemory } from './peak-memory.ts'
import type { TrainingSpeed } from './train-with-engine.ts'

export const python = process.platform === 'win32' ? 'python' : '/usr/bin/python3'

/** 'PyTorch 1.13.1' where it is installed for the system's Python; undefined where not. */
export function installedPyTorch(): string | undefined {
  try {
    const version = execFileSync(python, ['-c', 'import torch; print(torch.__version__)'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return `PyTorch ${version.trim()}`
  } catch {
    return undefined
  }
}

/** The same training by PyTorch, with as many threads as the engine uses. */
export async function trainWithPyTorch(dataFolder: string, seconds: number): Promise<TrainingSpeed> {
  const threads = String(availableParallelism())
  const script = join(import.meta.dirname, 'lenet_pytorch.py')
  const child = spawn(python, [script, dataFolder, String(seconds), threads], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: threads },
  })
  const memory = watchMemory(child.pid as number)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = (await once(child, 'close')) as [number | null]
  memory.stop()
  if (code !== 0) throw new Error(`PyTorch's training ended with code ${code}; its reason is above.`)
  const { imagesPerSecond } = JSON.parse(output) as { imagesPerSecond: number }
  return { imagesPerSecond, peakBytes: memory.peakBytes() }
}
