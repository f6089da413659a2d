import { pruneGraph } from '../onnx/graph-edit.ts'
import type { Dimension, Graph, Node, TensorType } from '../onnx/graph.ts'
import { FineTuningError } from './fine-tuning-error.ts'
import { producersOf } from './graph-values.ts'

/** The scores of a classifier, before any softmax. */
export interface Logits {
  /** The value: [N, classes], perhaps with sizes of 1 behind. */
  readonly name: string
  readonly classes: number
  /** The output of the file that they lead to. */
  readonly output: string
}

const leavesNumbersAlone: ReadonlySet<string> = new Set([
  ...['Identity', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Cast', 'Dropout'],
])

/**
 * `graph` up to the scores of its classes: a softmax behind them goes, as the loss has its own.
 * Throws FineTuningError where no output is one score for each class.
 */
export function cutAtLogits(
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
): { readonly graph: Graph; readonly logits: Logits } {
  const producers = producersOf(graph)
  for (const { name: output } of graph.outputs) {
    const name = beforeSoftmax(producers, output)
    const classes = classCount(types.get(name)?.dims)
    if (classes === undefined) continue
    const cut = pruneGraph(graph, [{ name, type: undefined }])
    return { graph: cut, logits: { name, classes, output } }
  }
  const outputs = graph.outputs.map(({ name }) => `"${name}" [${types.get(name)?.dims.join(', ') ?? '?'}]`)
  throw new FineTuningError(
    `The model gives ${outputs.join(' and ')}, which is not one score for each class of a picture, so it cannot be trained to tell classes apart; choose a classifier.`,
  )
}

/** The input of the first softmax that nothing which changes numbers separates from `output`, else `output` itself. */
function beforeSoftmax(producers: ReadonlyMap<string, Node>, output: string): string {
  let found = output
  let name = output
  for (let node = producers.get(name); node !== undefined; node = producers.get(name)) {
    const isSoftmax = node.opType === 'Softmax' || node.opType === 'LogSoftmax'
    if (!isSoftmax && !leavesNumbersAlone.has(node.opType)) break
    name = node.inputs[0] ?? ''
    if (isSoftmax) found = name
  }
  return found
}

function classCount(dims: readonly Dimension[] | undefined): number | undefined {
  const [, classes, ...rest] = dims ?? []
  return typeof classes === 'number' && classes > 1 && rest.every((size) => size === 1) ? classes : undefined
}
