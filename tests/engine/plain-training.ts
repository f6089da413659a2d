import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readModel } from '../../engine/onnx/read-model.ts'
import type { TrainingGraphs } from '../../engine/exports/run-files.ts'

/** Knows nothing but ONNX Runtime: feeds pictures, and feeds the state back as the metadata says. */
const plainScript = `
import ort from 'onnxruntime-node'
const [file, initial, state, steps] = [process.argv[2], process.argv[3], JSON.parse(process.argv[4]), process.argv[5]]
const session = await ort.InferenceSession.create(file)
const begin = await (await ort.InferenceSession.create(initial)).run({})
const { shape } = session.inputMetadata.find(({ name }) => name === 'pixels')
const [batch, height, width, channels] = shape
const bytes = height * width * channels
const value = (at) => (Math.floor(at / bytes) % 2 ? 200 : (at % width) * 160 / width)
const pixels = Uint8Array.from({ length: batch * bytes }, (_, at) => value(at))
const feeds = {
  pixels: new ort.Tensor('uint8', pixels, shape),
  labels: new ort.Tensor('int64', BigInt64Array.from({ length: batch }, (_, at) => BigInt(at % 2)), [batch]),
  learningRate: new ort.Tensor('float32', [0.01], []),
  ...begin,
}
const losses = []
for (let step = 0; step < Number(steps); step++) {
  const results = await session.run(feeds)
  losses.push(results.loss.data[0])
  for (const [name, next] of Object.entries(state)) feeds[name] = results[next]
}
console.log(JSON.stringify({ losses, step: Number(feeds.step.data) }))
`

/**
 * Takes steps with the files of an exported training in a process that has only ONNX Runtime, on pictures of which every
 * second is plain and of the second class. Throws with its standard error where that process fails.
 */
export async function trainByPlainScript(
  { step, initial }: TrainingGraphs,
  folder: string,
  steps: number,
): Promise<{ readonly losses: readonly number[]; readonly step: number }> {
  const [file, initialFile] = [join(folder, 'training.onnx'), join(folder, 'training-initial.onnx')]
  await writeFile(file, step)
  await writeFile(initialFile, initial)
  const state = readModel(step).metadata['state'] ?? ''
  const script = ['--input-type=module', '-', file, initialFile, state, String(steps)]
  const { stdout, stderr, status } = spawnSync(process.execPath, script, { input: plainScript, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The plain script failed: ${stderr}`)
  return JSON.parse(stdout) as { losses: number[]; step: number }
}
