import type { ModelLayer } from '../../engine/protocol/models.ts'
import type { GraphGroup, GraphItem } from './graph-items.ts'
import type { GraphOutline, GroupFacts } from './graph-outline.ts'
import type { GraphNode, GraphSubject, NodeMark } from './graph-subject.ts'
import { operatorKind } from './operator-kind.ts'
import type { OperatorKind } from './operator-kind.ts'

/** A box of the drawing. An open group is a frame around its members. */
export interface GraphBox {
  readonly id: string
  readonly form: 'node' | 'folded' | 'open' | 'input' | 'output'
  readonly kind: OperatorKind
  /** The open group it stands in. */
  readonly parent?: string | undefined
  /** First line: the operator, or the name of the group. */
  readonly title: string
  /** Beside the title: kernel size and number of filters. */
  readonly size: string
  /** Second line: the layer's or node's name, or what a folded group holds. */
  readonly detail: string
  /** The ModelLayer whose filters it leads to. */
  readonly layer?: string | undefined
  /** The nodes it stands for; none for inputs and outputs. */
  readonly nodes: readonly string[]
  /** The worst of what is wrong with them. */
  readonly mark?: NodeMark | undefined
}

/** Values that go from one box to another. */
export interface GraphEdge {
  readonly id: string
  readonly source: string
  readonly target: string
  /** The shape of what goes along it, where it is known. */
  readonly shape: string
}

export interface VisibleGraph {
  readonly boxes: readonly GraphBox[]
  readonly edges: readonly GraphEdge[]
}

/** Sentences that depend on the language. */
export interface GraphTexts {
  readonly block: (number: number) => string
  readonly nodes: (count: number) => string
  readonly alike: (count: number) => string
  readonly input: string
  readonly output: string
}

type Subject = Pick<GraphSubject, 'inputs' | 'outputs' | 'layers'>

/** What is drawn while the groups in `opened` are open and all others folded. */
export function visibleGraph(
  outline: GraphOutline,
  subject: Subject,
  opened: ReadonlySet<string>,
  texts: GraphTexts,
): VisibleGraph {
  const layers = new Map(subject.layers.map((layer) => [layer.name, layer]))
  const boxes: GraphBox[] = subject.inputs.map((input) => ({
    ...endBox('input', input.name, texts.input),
    size: shapeText(input.dims),
  }))
  /** The box that shows each node. */
  const shownBy = new Map<string, string>(boxes.map(({ id }) => [id, id]))

  const visit = (items: readonly GraphItem[], parent: string | undefined): void => {
    for (const item of items) {
      if (item.kind === 'node') {
        boxes.push({ ...nodeBox(item.node, layers), parent })
        shownBy.set(item.id, item.id)
        continue
      }
      const facts = outline.groups.get(item.id)
      if (facts === undefined) continue
      const isOpen = opened.has(item.id)
      boxes.push({ ...groupBox(facts, layers, texts), parent, form: isOpen ? 'open' : 'folded' })
      if (isOpen) visit(item.members, item.id)
      else for (const { id } of facts.nodes) shownBy.set(id, item.id)
    }
  }
  visit(outline.items, undefined)

  const edges = edgesBetween(outline, shownBy, subject)
  for (const output of subject.outputs) {
    const source = shownBy.get(output.name)
    if (source === undefined) continue
    const box = endBox('output', output.name, texts.output)
    boxes.push({ ...box, size: shapeText(output.dims) })
    edges.push({ id: `${source}→${box.id}`, source, target: box.id, shape: shapeText(output.dims) })
  }
  // An input that only feeds what is computed once would hang in the air.
  const read = new Set(edges.map(({ source }) => source))
  return { boxes: boxes.filter(({ id, form }) => form !== 'input' || read.has(id)), edges }
}

function edgesBetween(outline: GraphOutline, shownBy: ReadonlyMap<string, string>, { inputs }: Subject): GraphEdge[] {
  const inputShapes = new Map(inputs.map(({ name, dims }) => [`input:${name}`, shapeText(dims)]))
  const edges = new Map<string, GraphEdge>()
  for (const node of outline.nodes.values()) {
    const target = shownBy.get(node.id)
    for (const from of node.inputs) {
      const source = shownBy.get(from)
      if (source === undefined || target === undefined || source === target) continue
      const id = `${source}→${target}`
      const shape = inputShapes.get(from) ?? shapeText(outline.nodes.get(from)?.outputShape)
      if (!edges.has(id)) edges.set(id, { id, source, target, shape })
    }
  }
  return [...edges.values()]
}

function endBox(form: 'input' | 'output', name: string, title: string): GraphBox {
  return { id: `${form}:${name}`, form, kind: 'other', title, size: '', detail: name, nodes: [] }
}

function nodeBox(node: GraphNode, layers: ReadonlyMap<string, ModelLayer>): GraphBox {
  const layer = node.layer === undefined ? undefined : layers.get(node.layer)
  return {
    id: node.id,
    form: 'node',
    kind: operatorKind(node.operator),
    title: node.title ?? node.operator,
    size: node.size ?? (layer ? kernelText(layer) : ''),
    detail: node.layer ?? node.name,
    layer: node.layer,
    nodes: [node.id],
    mark: node.mark,
  }
}

function groupBox(
  { group, nodes, alike, number }: GroupFacts,
  layers: ReadonlyMap<string, ModelLayer>,
  texts: GraphTexts,
): Omit<GraphBox, 'form'> {
  const ids = nodes.map(({ id }) => id)
  const first = nodes[0]
  if (group.origin === 'chain' && first) {
    const followers = nodes.slice(1).map(({ operator }) => shortOperator(operator))
    const base = nodeBox(first, layers)
    return { ...base, id: group.id, title: [base.title, ...followers].join(' · '), nodes: ids, mark: worstMark(nodes) }
  }
  const layer = firstConvolution(nodes, layers)
  const count = texts.nodes(nodes.length)
  return {
    id: group.id,
    kind: layer ? 'convolution' : operatorKind(first?.operator ?? ''),
    title: group.title ?? texts.block(number),
    size: '',
    detail: alike > 1 ? `${count}, ${texts.alike(alike)}` : count,
    layer,
    nodes: ids,
    mark: worstMark(nodes),
  }
}

function worstMark(nodes: readonly GraphNode[]): NodeMark | undefined {
  const marks = nodes.flatMap(({ mark }) => mark ?? [])
  return marks.find(({ tone }) => tone === 'danger') ?? marks[0]
}

function firstConvolution(nodes: readonly GraphNode[], layers: ReadonlyMap<string, ModelLayer>): string | undefined {
  return nodes.find(({ layer }) => layer !== undefined && layers.get(layer)?.operator.startsWith('Conv'))?.layer
}

const shortNames: Readonly<Record<string, string>> = {
  BatchNormalization: 'BatchNorm',
  InstanceNormalization: 'InstanceNorm',
  LayerNormalization: 'LayerNorm',
  GroupNormalization: 'GroupNorm',
  QuantizeLinear: 'Quantize',
  DequantizeLinear: 'Dequantize',
}

function shortOperator(operator: string): string {
  return shortNames[operator] ?? operator
}

/** '3×3, 64' for 64 kernels of 3×3; '1000' for as many units. */
export function kernelText({ shape: [filters, , height, width], operator }: ModelLayer): string {
  return operator.startsWith('Conv') ? `${height}×${width}, ${filters}` : String(filters)
}

/** '1×64×56×56'; empty where nothing is known. */
export function shapeText(dims: readonly (number | string)[] | undefined): string {
  return dims?.join('×') ?? ''
}

/** How many boxes are drawn, without frames. */
function countBoxes(items: readonly GraphItem[], opened: ReadonlySet<string>): number {
  return items.reduce(
    (sum, item) => sum + (item.kind === 'group' && opened.has(item.id) ? countBoxes(item.members, opened) : 1),
    0,
  )
}

const FEW_BOXES = 36
const MANY_BOXES = 64

/** The groups that are open at first: as many as leave the whole in view, the outermost before those within. */
export function initiallyOpened(outline: GraphOutline): ReadonlySet<string> {
  const all = [...outline.groups.values()].map(({ group }) => group)
  const opened = new Set(all.map(({ id }) => id))
  if (countBoxes(outline.items, opened) <= FEW_BOXES) return opened
  opened.clear()
  const openLevel = (groups: readonly GraphGroup[]): void => {
    const within: GraphGroup[] = []
    for (const group of groups.filter(({ origin }) => origin !== 'chain')) {
      opened.add(group.id)
      if (countBoxes(outline.items, opened) > MANY_BOXES) opened.delete(group.id)
      else within.push(...group.members.filter((member) => member.kind === 'group'))
    }
    if (within.length > 0) openLevel(within)
  }
  // Blocks alike are opened all or none: one open among folded ones would look special.
  const outer = outline.items.filter((item) => item.kind === 'group')
  const trial = new Set(outer.filter(({ origin }) => origin !== 'chain').map(({ id }) => id))
  if (countBoxes(outline.items, trial) <= MANY_BOXES) openLevel(outer)
  return opened
}
