import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type Graph,
  type Tensor,
  type TensorType,
  type ValueInfo,
  elementCount,
  float32Tensor,
} from '../../engine/onnx/graph.ts'
import { inferShapes } from '../../engine/onnx/infer-shapes.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { expectClose } from './compare-tensors.ts'
import { runOnCpu } from './run-on-cpu.ts'

const folder = resolve(import.meta.dirname, '../../../shared/data/models')

/** Sizes that a file leaves open, chosen for the run; the rest are 2, to find shapes that forget the batch. */
const openSize = 2

/** Files the runtime cannot run as they are, but can once they are upgraded. */
const runsOnlyUpgraded = new Set(['mnist_cnn_opset6_makora.onnx'])

/** Values with more elements are not all kept at once: in one file they would take a gigabyte. */
const mostElements = 4_000_000

/** A fixed picture of noise in [0, 1), the same on every machine. */
function noise(dims: readonly number[]): Float32Array {
  let state = 12345
  return Float32Array.from({ length: elementCount(dims) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  })
}

function feed({ name, type }: ValueInfo): Tensor {
  if (type === undefined) throw new Error(`The input '${name}' has no type.`)
  const dims = type.dims.map((size) => (typeof size === 'number' ? size : openSize))
  const values = noise(dims)
  if (type.dataType === 'float32') return float32Tensor(dims, values)
  if (type.dataType === 'float16') return { dataType: 'float16', dims, data: Uint16Array.from(values, toFloat16) }
  throw new Error(`The input '${name}' is of ${type.dataType}.`)
}

/** The float16 below a value of [0, 1). */
function toFloat16(value: number): number {
  if (value < 2 ** -14) return Math.floor(value * 2 ** 24)
  const exponent = Math.floor(Math.log2(value))
  return ((exponent + 15) << 10) | Math.floor((value / 2 ** exponent - 1) * 1024)
}

/** Every value of the graph as an output, so that all inferred shapes can be compared. */
function withAllOutputs(graph: Graph, types: ReadonlyMap<string, TensorType>): Graph {
  const isSmall = (name: string): boolean => {
    const dims = types.get(name)?.dims.map((size) => (typeof size === 'number' ? size : openSize)) ?? []
    return elementCount(dims) <= mostElements
  }
  const names = graph.nodes.flatMap((node) => node.outputs).filter((name) => name !== '' && isSmall(name))
  return { ...graph, outputs: names.map((name) => ({ name, type: undefined })) }
}

describe.skipIf(!existsSync(folder))('model files from many exporters (needs ../shared/data/models)', () => {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.onnx')) : []
  for (const file of files) {
    it(`${file} computes the same once read, upgraded and written`, async () => {
      const bytes = readFileSync(join(folder, file))
      const model = readModel(bytes)
      const feeds = Object.fromEntries(model.graph.inputs.map((input) => [input.name, feed(input)]))
      const upgraded = await runOnCpu(writeModel(model), feeds)
      if (runsOnlyUpgraded.has(file)) {
        await expect(runOnCpu(bytes, feeds)).rejects.toThrow('Could not find an implementation for Gemm')
      } else {
        const original = await runOnCpu(bytes, feeds)
        expect(Object.keys(upgraded)).toEqual(Object.keys(original))
        for (const [name, expected] of Object.entries(original)) expectClose(upgraded[name], expected, 1e-4)
      }
    })

    it(`${file}: every inferred shape is that of the runtime`, async () => {
      const { graph } = readModel(readFileSync(join(folder, file)))
      const inferred = inferShapes(graph)
      const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, feed(input)]))
      const results = await runOnCpu(withAllOutputs(graph, inferred), feeds)
      const symbols = new Map<string, number>()
      for (const [name, { dataType, dims }] of Object.entries(results)) {
        const type = inferred.get(name)
        expect(type, `the type of '${name}' is not inferred`).toBeDefined()
        expect(type?.dataType).toBe(dataType)
        expect(type?.dims.length, `'${name}'`).toBe(dims.length)
        for (const [axis, size] of (type?.dims ?? []).entries()) {
          if (typeof size === 'number') expect(size, `'${name}', axis ${axis}`).toBe(dims[axis])
          // A symbol stands for one size wherever it appears.
          else expect(symbols.get(size) ?? dims[axis], `'${name}', axis ${axis}, ${size}`).toBe(dims[axis])
          if (typeof size === 'string') symbols.set(size, dims[axis] as number)
        }
      }
    })
  }
})
