import type { Dimension, Node } from '../onnx/graph.ts'
import type { ModelSummary } from '../protocol/models.ts'
import type { GraphFacts } from './graph-facts.ts'
import type { NamedLayer } from './describe-layers.ts'

type OutputKind = ModelSummary['output']['kind']

/** Operators that leave the numbers as they are. */
const asTheyAre: readonly string[] = [
  ...[
    'Identity',
    'Reshape',
    'Flatten',
    'Squeeze',
    'Unsqueeze',
    'Cast',
    'Dropout',
    'QuantizeLinear',
    'DequantizeLinear',
  ],
]

/** Operators that lead from the layer that gives the classes to their scores, one map or number for each class. */
const afterTheHead: readonly string[] = [
  ...asTheyAre,
  ...['Softmax', 'LogSoftmax', 'Sigmoid', 'Log', 'Add', 'BatchNormalization'],
  ...['GlobalAveragePool', 'AveragePool', 'ReduceMean', 'GlobalMaxPool', 'Relu', 'Clip'],
]

const kinds: Readonly<Record<string, OutputKind>> = {
  Softmax: 'probabilities',
  Sigmoid: 'probabilities',
  LogSoftmax: 'logProbabilities',
  Gemm: 'logits',
  MatMul: 'logits',
  Conv: 'logits',
  Add: 'logits',
  BatchNormalization: 'logits',
  GlobalAveragePool: 'logits',
  AveragePool: 'logits',
  ReduceMean: 'logits',
  QLinearMatMul: 'logits',
  QLinearConv: 'logits',
  QGemm: 'logits',
}

/** The output that scores classes, [N, classes] or [N, classes, 1, 1]; the first output where there is none. */
export function describeOutput(facts: GraphFacts): ModelSummary['output'] {
  const outputs = facts.graph.outputs.map(({ name, type }) => {
    // What follows from the graph is more exact than what the file states.
    return { name, classes: classCount(facts.types.get(name)?.dims ?? type?.dims) }
  })
  const scored = outputs.find(({ classes }) => classes !== undefined)
  const { name, classes } = scored ?? outputs[0] ?? { name: '', classes: undefined }
  const kind = classes === undefined ? 'unknown' : kindOf(name, classes, facts)
  return { name, kind, ...(kind !== 'unknown' && classes !== undefined && { classes }) }
}

function kindOf(output: string, classes: number, facts: GraphFacts): OutputKind {
  let node = facts.links.producer(output)
  while (node !== undefined && asTheyAre.includes(node.opType)) {
    const [before = ''] = node.inputs
    const dims = facts.types.get(before)?.dims
    // Numbers of a whole map in one row are no classes.
    if (dims !== undefined && classCount(dims) !== classes) return 'unknown'
    node = facts.links.producer(before)
  }
  if (node?.opType === 'Log') return isSoftmax(facts.links.producer(node.inputs[0])) ? 'logProbabilities' : 'unknown'
  return kinds[node?.opType ?? ''] ?? 'unknown'
}

function isSoftmax(node: Node | undefined): boolean {
  return node?.opType === 'Softmax'
}

/** Two or more scores for each picture. */
function classCount(dims: readonly Dimension[] | undefined): number | undefined {
  const [, classes, ...rest] = dims ?? []
  return typeof classes === 'number' && classes > 1 && rest.every((size) => size === 1) ? classes : undefined
}

/** The layer whose filters are the classes, behind which nothing mixes them any more. */
export function findHead(
  output: ModelSummary['output'],
  named: readonly NamedLayer[],
  { links, constants }: GraphFacts,
): ModelSummary['head'] {
  let node = links.producer(output.name)
  while (node !== undefined && output.classes !== undefined) {
    const current = node
    const found = named.find(({ layer }) => layer.node === current)
    if (found !== undefined) {
      const { operator, shape } = found.layer
      if (shape[0] !== output.classes || operator === 'ConvTranspose') return undefined
      return { layer: found.name, form: operator === 'Conv' ? 'conv' : operator === 'Gemm' ? 'gemm' : 'matMul' }
    }
    if (!afterTheHead.includes(node.opType)) return undefined
    node = links.producer(node.inputs.find((name) => constants.origin(name) === undefined))
  }
  return undefined
}
