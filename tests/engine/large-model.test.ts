import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { type TestContext, afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { ModelProtoSchema } from '../../engine/onnx/generated/onnx_pb.ts'
import type { Tensor } from '../../engine/onnx/graph.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import type {
  InspectorCalls,
  InspectorCommand,
  InspectorEvent,
  InspectorMethod,
} from '../../engine/protocol/inspector.ts'
import { watchMemory } from '../bench/peak-memory.ts'
import { type BuiltPrograms, buildPrograms } from '../server/fixtures/built-programs.ts'
import { resNet50File, resNet50Parameters } from './resnet50.ts'
import { smallClassifier } from './small-classifier.ts'

/** Opens the field float_data of a TensorProto. */
const floatListTag = 0x22

let programs: BuiltPrograms
let inspector: ChildProcess
let folder: string
let file: Uint8Array<ArrayBuffer>

beforeAll(async () => {
  programs = await buildPrograms({ inspector: 'engine/inspector/inspector-process.ts' })
  folder = await mkdtemp(join(tmpdir(), 'filterscope-large-'))
  file = resNet50File()
})
beforeEach(() => {
  inspector = fork(join(programs.folder, 'inspector.js'), { serialization: 'advanced' })
})
afterEach(() => void inspector.kill())
afterAll(async () => {
  programs.remove()
  await rm(folder, { recursive: true })
})

let calls = 0

function call<M extends InspectorMethod>(
  method: M,
  parameters: InspectorCalls[M]['parameters'],
): Promise<InspectorCalls[M]['result']> {
  const id = ++calls
  return new Promise((resolve, reject) => {
    const listen = (event: InspectorEvent) => {
      if (event.kind === 'progress' || event.id !== id) return
      inspector.off('message', listen)
      if (event.kind === 'result') resolve(event.value as InspectorCalls[M]['result'])
      else reject(new Error(event.message))
    }
    inspector.on('message', listen)
    inspector.send({ kind: 'call', id, method, parameters } satisfies InspectorCommand)
  })
}

/** Opens a small model, then `bytes`: the answers, and how much memory the process then had at most beside what it had before, in shares of the file. */
async function openMeasured(bytes: Uint8Array, context: TestContext) {
  const [small, path] = [join(folder, 'small.onnx'), join(folder, 'resnet50.onnx')]
  await writeFile(small, smallClassifier())
  await writeFile(path, bytes)
  await call('models.open', { path: small })
  const memory = watchMemory(inspector.pid ?? 0)
  const before = memory.peakBytes()
  if (before === undefined) return context.skip('This system does not tell how much memory a process has used.')
  const summary = await call('models.open', { path })
  const frame = await call('models.filters', { path, layer: 'conv1' })
  const share = () => ((memory.peakBytes() ?? Number.NaN) - before) / bytes.length
  return { path, summary, frame, share, stop: () => memory.stop() }
}

it('a file as large as ResNet-50 is held once when it is opened, and its filters once more when all were seen', async (context) => {
  const { path, summary, frame, share, stop } = await openMeasured(file, context)
  expect(summary.parameters).toBe(resNet50Parameters)
  expect(summary.layers).toHaveLength(54)
  expect(frame.weights.dims).toEqual([64, 3, 7, 7])
  expect(share()).toBeGreaterThan(0.9)
  expect(share()).toBeLessThan(1.7)
  for (const { name } of summary.layers) await call('models.filters', { path, layer: name })
  expect(share()).toBeLessThan(3)
  stop()
})

it('the same holds where the weights are lists of numbers, as older exporters wrote them', async (context) => {
  const bytes = file.slice()
  for (const { rawData } of fromBinary(ModelProtoSchema, bytes).graph?.initializer ?? []) {
    // Raw data are a packed list of floats but for the tag, which stands before the length, 7 bits a byte.
    const lengthBytes = Math.ceil(Math.log2(rawData.length + 1) / 7)
    bytes[rawData.byteOffset - lengthBytes - 1] = floatListTag
  }
  const { path, share, stop } = await openMeasured(bytes, context)
  expect(share()).toBeLessThan(1.7)
  const { data } = readModel(file).graph.initializers.get('layer1.0.conv2.weight') as Tensor
  expect((await call('models.filters', { path, layer: 'layer1.0.conv2' })).weights.data).toEqual(data)
  stop()
})
