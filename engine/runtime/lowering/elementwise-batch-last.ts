import type { Node } from '../../onnx/graph.ts'
import type { Rewrite } from './rewrite.ts'
import type { Site } from './site.ts'

const elementwise = new Set(
  'Abs Add Cast Clip Div Equal Exp Greater GreaterOrEqual HardSigmoid Identity LeakyRelu Less LessOrEqual Log Max Min Mul Neg Not Pow Reciprocal Relu Sigmoid Sqrt Sub Sum Tanh Where'.split(
    ' ',
  ),
)

/** Element by element the order of the elements is free: what comes as [C,H,W,N] leaves as [C,H,W,N]. */
export const elementwiseBatchLast: Rewrite = {
  apply(node, site) {
    if (!elementwise.has(node.opType) || node.domain !== '' || node.outputs.length !== 1) return false
    if (!node.inputs.some((input) => site.isBatchLast(input))) return false
    const shape = site.knownDims(node.outputs[0] as string)
    if (shape?.length !== 4) return false
    const fits = node.inputs.map((input) => fitOf(input, shape, site))
    if (fits.includes(undefined)) return false
    const inputs = node.inputs.map((input, index) => fits[index]?.(input) ?? input)
    const name = site.name('batch-last')
    site.add({ ...node, name, inputs, outputs: [name] } satisfies Node)
    return site.replaceByBatchLast(name)
  },
}

/** How an input is brought into the order [C,H,W,N]; undefined where it broadcasts in a way that has no such form. */
function fitOf(input: string, shape: readonly number[], site: Site): ((input: string) => string) | undefined {
  const dims = input === '' ? [] : site.knownDims(input)
  if (dims === undefined) return undefined
  if (dims.every((size) => size === 1)) return (tensor) => tensor
  if (dims.join() === shape.join()) return (tensor) => site.batchLast(tensor)
  const perChannel = dims.slice(-3).join() === [shape[1], 1, 1].join() && dims.slice(0, -3).every((size) => size === 1)
  if (perChannel) return (tensor) => site.op('Reshape', [tensor, site.ints([shape[1] as number, 1, 1, 1])])
  return undefined
}
