import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { createStepRunner } from '../../engine/networks/step-runner.ts'
import { type NetworkName, buildWorkloadStep, drawBatches, workloads } from './networks/networks.ts'

/** Trains the network named by the first argument: for each line «K» of stdin K steps, then a line of JSON with their time and losses. */
const name = process.argv[2] as NetworkName
const workload = workloads[name]
const batches = drawBatches(workload)
const labels = BigInt64Array.from(batches.labels, BigInt)
const batchBytes = batches.pixels.length / batches.count
const runner = await createStepRunner(buildWorkloadStep(name).step, 'cpu', availableParallelism(), new Map())
let position = 0

for await (const line of createInterface({ input: process.stdin })) {
  const losses: number[] = []
  const begin = performance.now()
  for (let step = 0; step < Number(line); step++) {
    const index = position++ % batches.count
    const pixels = batches.pixels.subarray(index * batchBytes, (index + 1) * batchBytes)
    const ofBatch = labels.subarray(index * workload.batchSize, (index + 1) * workload.batchSize)
    const results = await runner.run({ pixels, labels: ofBatch, count: 1 }, workload.learningRate)
    losses.push(results.losses[0] as number)
  }
  console.log(JSON.stringify({ elapsedMs: performance.now() - begin, losses }))
}
