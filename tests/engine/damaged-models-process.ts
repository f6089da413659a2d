import { FineTuningError } from '../../engine/fine-tuning/fine-tuning-error.ts'
import { importNetwork } from '../../engine/fine-tuning/import-network.ts'
import { describeModel } from '../../engine/models/describe-model.ts'
import { type Graph, type Model, type Tensor, elementCount } from '../../engine/onnx/graph.ts'
import { inferShapes } from '../../engine/onnx/infer-shapes.ts'
import { ModelError } from '../../engine/onnx/model-error.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { networkSchema } from '../../engine/protocol/network.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { damageModel } from './damage-model.ts'

/** Cases to go through: `count` damaged forms of `model` from number `first` on. */
export interface DamageOrder {
  readonly title: string
  readonly model: Uint8Array
  readonly first: number
  readonly count: number
}

export type DamageEvent =
  | { readonly kind: 'begins'; readonly number: number; readonly phase: 'reading' | 'computing' }
  /** `sentence` where it was refused. */
  | { readonly kind: 'ended'; readonly number: number; readonly phase: string; readonly sentence?: string }
  /** Something was thrown that is no sentence for a person. */
  | { readonly kind: 'broken'; readonly number: number; readonly phase: string; readonly trace: string }
  | { readonly kind: 'done'; readonly peakBytes: number }

/** Kernels and values up to this many elements are looked at and computed. */
const mostElements = 2 ** 20
const openSize = 2

/** Reads, understands and runs damaged models, in a process of its own that may hang or die of them. */
function report(event: DamageEvent): void {
  process.send?.(event)
}

process.on('message', (order: DamageOrder) => void goThrough(order))

async function goThrough({ title, first, count, ...order }: DamageOrder): Promise<void> {
  // A Buffer's slices are no copies: damage to them would be damage to the whole model that the next case begins with.
  const model = Uint8Array.from(order.model)
  for (let number = first; number < first + count; number++) {
    const bytes = damageModel(model, randomStream('damage', title, number))
    report({ kind: 'begins', number, phase: 'reading' })
    const read = attempt(number, 'reading', () => understand(bytes))
    if (read !== undefined) attempt(number, 'training', () => train(read, bytes.length))
    if (read !== undefined && attempt(number, 'shapes', () => isSmall(read.graph)) === true) {
      report({ kind: 'begins', number, phase: 'computing' })
      await compute(read).catch(() => undefined)
    }
  }
  report({ kind: 'done', peakBytes: process.resourceUsage().maxRSS * 1024 })
}

function attempt<Result>(number: number, phase: string, use: () => Result): Result | undefined {
  try {
    const result = use()
    report({ kind: 'ended', number, phase })
    return result
  } catch (error) {
    if (error instanceof ModelError || error instanceof FineTuningError) {
      report({ kind: 'ended', number, phase, sentence: error.message })
    } else
      report({ kind: 'broken', number, phase, trace: error instanceof Error ? (error.stack ?? '') : String(error) })
    return undefined
  }
}

/** All that opening a model does, and its kernels where they are not large. */
function understand(bytes: Uint8Array): Model {
  const model = readModel(bytes)
  const described = describeModel({ path: 'damaged.onnx', model, byteLength: bytes.length })
  for (const { name, shape } of described.summary.layers) {
    if (elementCount(shape) <= mostElements) described.kernels(name)
  }
  return model
}

/** All that training does before its first step, for pictures of the size that the model takes. */
function train(model: Model, byteLength: number): void {
  const file = { path: 'damaged.onnx', model, byteLength }
  const { image } = describeModel(file).summary
  const preprocessing = { colourOrder: 'rgb', mean: [0], standardDeviation: [255] }
  const settings = networkSchema.parse({ kind: 'model', path: file.path, preprocessing })
  if (settings.kind !== 'model') return
  const { width = 16, height = 16, channels = 1 } = image ?? {}
  importNetwork(file, settings, { image: { width, height, channels }, classes: 3, initializer: 'heNormal', seed: 0 })
}

/** Whether all of its values are known and small. A loop may turn for ever, which is no fault of a runtime. */
function isSmall(graph: Graph): boolean {
  const types = inferShapes(graph)
  const values = [...graph.inputs.map(({ name }) => name), ...graph.nodes.flatMap(({ outputs }) => outputs)]
  return (
    !graph.nodes.some(({ opType }) => opType === 'Loop' || opType === 'Scan') &&
    values.every((name) => {
      const dims = name === '' ? [] : types.get(name)?.dims
      return dims !== undefined && elementCount(known(dims)) <= mostElements
    })
  )
}

function known(dims: readonly (number | string)[]): number[] {
  return dims.map((size) => (typeof size === 'number' ? size : openSize))
}

async function compute(model: Model): Promise<void> {
  const feeds: Record<string, Tensor> = {}
  for (const { name, type } of model.graph.inputs) {
    if (type?.dataType !== 'float32') return
    const dims = known(type.dims)
    feeds[name] = { dataType: 'float32', dims, data: new Float32Array(elementCount(dims)) }
  }
  const session = await createSession(writeModel(model), { provider: 'cpu', threads: 1 })
  await session.run(feeds)
  await session.release()
}
