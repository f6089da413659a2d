import { expect, it } from 'vitest'
import { float32Tensor } from '../../onnx/graph.ts'
import { randomStream } from '../../random/stream.ts'
import type { FilterTrace } from '../../resizing/filter-trace.ts'
import { PositionSample } from './position-sample.ts'

const FILTERS = 1024
/** Of a trace only what a sample reads: how many filters there are, and along which axis. */
const trace = { filters: FILTERS, output: { axis: 1 } } as FilterTrace
const stream = () => randomStream(1, 'positions')
/** One picture of 64 positions, at which filters differ. */
const output = float32Tensor(
  [1, FILTERS, 8, 8],
  Float32Array.from({ length: FILTERS * 64 }, (_, at) => Math.sin(at * at)),
)

it('lets others have their turn while it adds up positions of a wide layer, and ends where that throws', async () => {
  let breaths = 0
  const patient = new PositionSample(trace, 4, stream(), () => Promise.resolve(void breaths++))
  await patient.add(output)
  expect(breaths).toBeGreaterThan(2)
  const ended = new PositionSample(trace, 4, stream(), () => Promise.reject(new Error('enough')))
  await expect(ended.add(output)).rejects.toThrow('enough')
})
