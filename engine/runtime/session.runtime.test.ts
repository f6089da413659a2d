import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type Graph, type Tensor, float32Tensor, int64Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import { RuntimeError } from './runtime-error.ts'
import { createSession } from './session.ts'

const cpu = { provider: 'cpu', threads: 1 } as const

/** sum = a + b, and a in other types. */
function sums(): Graph {
  const builder = new GraphBuilder()
  for (const name of ['a', 'b']) builder.input({ name, type: { dataType: 'float32', dims: ['count'] } })
  builder.op('Add', ['a', 'b'], {}, { name: 'sum' })
  builder.op('Cast', ['a'], { to: 7 }, { name: 'whole' })
  builder.op('Cast', ['a'], { to: 10 }, { name: 'half' })
  builder.op('Greater', ['a', 'b'], {}, { name: 'is-greater' })
  for (const name of ['sum', 'whole', 'half', 'is-greater']) builder.output({ name, type: undefined })
  return builder.build('sums')
}

const vector = (...values: number[]) => float32Tensor([values.length], Float32Array.from(values))

async function withSums<Result>(use: (session: Awaited<ReturnType<typeof createSession>>) => Promise<Result>) {
  const session = await createSession(writeModel({ graph: sums() }), cpu)
  try {
    return await use(session)
  } finally {
    await session.release()
  }
}

describe('a session', () => {
  it('names its inputs and outputs and gives tensors in the types of the graph', async () => {
    await withSums(async (session) => {
      expect(session.inputNames).toEqual(['a', 'b'])
      expect(session.outputNames).toEqual(['sum', 'whole', 'half', 'is-greater'])
      expect(await session.run({ a: vector(1, 2), b: vector(3, -4) })).toEqual({
        sum: vector(4, -2),
        whole: int64Tensor([2], [1, 2]),
        half: { dataType: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0x4000) },
        'is-greater': { dataType: 'bool', dims: [2], data: Uint8Array.of(0, 1) },
      })
    })
  })

  it('computes only what is asked for, into memory that is given', async () => {
    await withSums(async (session) => {
      const target = vector(0, 0)
      const results = await session.run({ a: vector(1, 2), b: vector(3, 4) }, { only: ['sum'], into: { sum: target } })
      expect(Object.keys(results)).toEqual(['sum'])
      expect(results['sum']).toBe(target)
      expect(target).toEqual(vector(4, 6))
    })
  })

  it('says which inputs are missing, and which it does not have', async () => {
    await withSums(async (session) => {
      await expect(session.run({ a: vector(1) })).rejects.toThrow(
        "The graph's input «b» got no tensor; every input needs one.",
      )
      const feeds = { a: vector(1), b: vector(1), c: vector(1), d: vector(1) }
      await expect(session.run(feeds)).rejects.toThrow('The graph has no inputs «c», «d»; its inputs are «a», «b».')
    })
  })

  it("passes on the runtime's own reason in one sentence", async () => {
    await withSums(async (session) => {
      const failure = await session.run({ a: vector(1, 2), b: vector(1, 2, 3) }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(RuntimeError)
      expect((failure as RuntimeError).provider).toBe('cpu')
      expect((failure as RuntimeError).message).toMatch(
        /^ONNX Runtime failed while it ran the graph on the cpu provider: [^/]*(Add|Greater) node[^/]* 2 by 3\.$/,
      )
    })
  })

  it('refuses a tensor whose elements do not fill its shape, with the shape and the input', async () => {
    await withSums(async (session) => {
      const wrong: Tensor = { dataType: 'float32', dims: [3], data: new Float32Array(2) }
      await expect(session.run({ a: wrong, b: vector(1) })).rejects.toThrow(
        /^The tensor float32 \[3\] for the input «a» was refused: .+\.$/,
      )
    })
  })

  it('cannot be made of bytes that are no model', async () => {
    await expect(createSession(Uint8Array.of(1, 2, 3), cpu)).rejects.toThrow(
      /^ONNX Runtime could not load the graph on the cpu provider: .+\.$/,
    )
  })
})
