import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { installedPyTorch, python } from '../bench/train-with-pytorch.ts'

const script = join(import.meta.dirname, 'onnx_pytorch.py')
/** How the script says that it does not know an operator. */
const NOT_WRITTEN = 3

/**
 * Milliseconds of each of `steps` steps that PyTorch takes with a model file on batches of `batchSize` random pictures;
 * in words why not, where it cannot be compared. Throws where the script fails.
 */
export function stepsByPyTorch(file: string, batchSize: number, steps: number, threads: number): number[] | string {
  if (installedPyTorch() === undefined) return 'PyTorch is not installed'
  const numbers = [batchSize, steps, threads].map(String)
  const environment = { ...process.env, OMP_NUM_THREADS: String(threads) }
  const { status, stdout, stderr } = spawnSync(python, [script, file, ...numbers], {
    encoding: 'utf8',
    env: environment,
  })
  if (status === NOT_WRITTEN) return stderr.trim()
  if (status !== 0) throw new Error(`PyTorch did not take the steps of ${file}: ${stderr.trim()}`)
  return (JSON.parse(stdout) as { elapsedMs: number[] }).elapsedMs
}
