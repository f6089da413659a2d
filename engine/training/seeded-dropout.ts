import { type Graph, type Node, type Tensor, elementCount, int64Tensor } from '../onnx/graph.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { randomStream } from '../random/stream.ts'

/** 2³¹ − 1; fifth powers permute the numbers below it, as 5 does not divide 2³¹ − 2. */
const PRIME = 2_147_483_647

export class DropoutError extends Error {
  override readonly name = 'DropoutError'
}

/**
 * Replaces every Dropout by a mask that is a pure function of (seed, step, position in the batch), so that fusing
 * steps or resuming never changes it: the operator's own generator keeps a state that neither survives.
 * `shapeOf` gives the known dims of a tensor; `step` is the int64 [] step counter.
 * Throws DropoutError for a rate that is not a constant.
 */
export function seedDropout(
  graph: Graph,
  step: string,
  seed: number,
  shapeOf: (tensor: string) => readonly number[],
): Graph {
  if (!graph.nodes.some((node) => node.opType === 'Dropout')) return graph
  const builder = new GraphBuilder({ ...graph, nodes: [] })
  let index = 0
  for (const node of graph.nodes) {
    if (node.opType !== 'Dropout') {
      builder.add(node)
      continue
    }
    const rate = dropoutRate(node, graph)
    emitMask(builder, node, rate, step, layerSeed(seed, ++index), shapeOf(node.inputs[0] as string))
  }
  return builder.build(graph.name, graph.documentation)
}

/** Below PRIME, and another for each layer and each seed, also for seeds whose products a number cannot hold. */
function layerSeed(seed: number, index: number): number {
  return Number(((BigInt(seed) * 1009n + BigInt(index)) * 104_729n) % BigInt(PRIME))
}

function dropoutRate(node: Node, graph: Graph): number {
  const name = node.inputs[1]
  if (name === undefined || name === '') return 0.5
  const tensor: Tensor | undefined = graph.initializers.get(name)
  if (!(tensor?.data instanceof Float32Array)) {
    throw new DropoutError(
      `The rate of dropout "${node.name}" is computed in the graph; only a constant rate can be trained.`,
    )
  }
  return tensor.data[0] ?? 0
}

/**
 * y = x · [u ≥ rate] / (1 − rate), with u = (a r + b) mod p a uniform number below p: r is drawn once for each position
 * in a picture, a and b are hashed from the seed, the step and the place in the batch. Such a pair makes any two
 * positions, and any two pictures or steps, independent of each other (Carter and Wegman 1979), and costs one product
 * for each value.
 */
function emitMask(
  builder: GraphBuilder,
  node: Node,
  rate: number,
  step: string,
  seed: number,
  dims: readonly number[],
): void {
  const [input = '', output = ''] = [node.inputs[0], node.outputs[0]]
  const op = (opType: string, inputs: string[], part: string, attributes = {}) =>
    builder.op(opType, inputs, attributes, { name: `${output}/mask/${part}` })
  const prime = builder.int(PRIME)
  const reduced = (value: string, part: string) => op('Mod', [value, prime], part)
  const sum = (one: string, other: string, part: string) => reduced(op('Add', [one, other], `${part}/sum`), part)
  const product = (one: string, other: string, part: string) =>
    reduced(op('Mul', [one, other], `${part}/product`), part)
  const hashed = (value: string, part: string) => {
    const square = product(value, value, `${part}/square`)
    return product(product(square, square, `${part}/fourth`), value, part)
  }
  const [batchSize = 1, ...positionDims] = dims
  const places = int64Tensor(
    [batchSize, ...positionDims.map(() => 1)],
    Array.from({ length: batchSize }, (_, place) => place + 1),
  )
  const stream = randomStream(seed, 'dropout')
  const drawn = int64Tensor(
    [1, ...positionDims],
    Array.from({ length: elementCount(positionDims) }, () => stream.integer(PRIME)),
  )
  const stepKey = hashed(sum(op('Mul', [step, builder.int(7919)], 'step'), builder.int(seed), 'seeded'), 'step-key')
  const placeKey = hashed(sum(builder.constant(`${output}/mask/places`, places), stepKey, 'keyed'), 'place-key')
  const factor = hashed(sum(placeKey, stepKey, 'rekeyed'), 'factor')
  const offset = hashed(sum(factor, stepKey, 'again'), 'offset')
  const uniform = sum(
    op('Mul', [builder.constant(`${output}/mask/drawn`, drawn), factor], 'scattered'),
    offset,
    'uniform',
  )
  const isKept = op('GreaterOrEqual', [uniform, builder.int(Math.round(rate * PRIME))], 'kept')
  const mask = op('Where', [isKept, builder.scalar(1 / (1 - rate)), builder.scalar(0)], 'scaled')
  builder.add({ opType: 'Mul', domain: '', name: node.name, inputs: [input, mask], outputs: [output], attributes: {} })
}
