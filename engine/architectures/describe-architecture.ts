import {
  type Architecture,
  type ArchitectureDescription,
  type HeadDescription,
  IMAGE,
  type InputShape,
  type LayerDescription,
} from '../protocol/architecture.ts'
import { describeLayer } from './describe-layer.ts'
import { headAsNetwork } from './head-layers.ts'
import { ImpossibleLayer } from './impossible-layer.ts'
import { inputNames, looseEnd, requireInputs } from './layer-inputs.ts'
import { otherForm } from './other-form.ts'
import { type ReceptiveField, onePixel, receptiveField } from './receptive-field.ts'
import { nameConflict } from './reserved-names.ts'

/** One ONNX file holds 2 GB: as many float32 weights, less some room for the graph. */
const mostParameters = 500_000_000

/** Of one picture: 512 MB of float32, which training needs several times for every picture of a batch. */
const mostValues = 2 ** 27

/** What a layer gives to those that read it. */
interface Output {
  readonly shape: readonly number[]
  /** Undefined where a value sees the whole picture. */
  readonly field: ReceptiveField | undefined
}

/** Layers that have been described one after another, and what the next of them can read. */
interface Described {
  readonly layers: LayerDescription[]
  readonly outputs: Map<string, Output>
  /** Of everything described before, heads too. */
  parameters: number
}

/**
 * Output shapes, parameters and multiply-adds of every layer for pictures of `input`'s size, and of every head.
 * Sizes that are not whole carry a warning and what would mend them; a layer that cannot exist ends the list with
 * `error`.
 */
export function describeArchitecture(architecture: Architecture, input: InputShape): ArchitectureDescription {
  const image: Output = { shape: [input.channels, input.height, input.width], field: onePixel }
  const network: Described = { layers: [], outputs: new Map([[IMAGE, image]]), parameters: 0 }
  const error = describeLayers(architecture, input, network) ?? endingError(architecture, network.layers, input.classes)
  if (error || architecture.heads === undefined) return { ...totals(network.layers), ...(error && { error }) }
  const heads: HeadDescription[] = []
  let { parameters } = network
  const taken = new Map(network.outputs)
  for (const head of architecture.heads) {
    const from = network.outputs.get(head.from)
    const [first] = head.layers
    if (from === undefined || head.from === IMAGE) {
      const message = `An auxiliary head reads "${head.from}", but no layer of the network is called so; let it read one that is.`
      return { ...totals(network.layers), error: { layer: first?.name ?? head.from, message } }
    }
    const described: Described = {
      layers: [],
      outputs: new Map([
        [IMAGE, image],
        [head.from, from],
      ]),
      parameters,
    }
    const asNetwork = headAsNetwork(architecture, head)
    const wrong =
      describeLayers(asNetwork, input, described, taken) ??
      endingError(asNetwork, described.layers, input.classes, 'auxiliary head')
    if (wrong) return { ...totals(network.layers), error: wrong }
    for (const [name, output] of described.outputs) taken.set(name, output)
    parameters = described.parameters
    heads.push({ layers: described.layers, parameters: totals(described.layers).parameters })
  }
  return { ...totals(network.layers), heads }
}

/** Describes layer after layer into `described`; `taken` are names they cannot have though they cannot read them. */
function describeLayers(
  architecture: Architecture,
  input: InputShape,
  described: Described,
  taken: ReadonlyMap<string, unknown> = new Map(),
): ArchitectureDescription['error'] {
  const { layers, outputs } = described
  for (const [index, layer] of architecture.layers.entries()) {
    try {
      requireName(layer.name, outputs, taken)
      const names = inputNames(architecture, index)
      requireInputs(layer, names, outputs)
      const read = names.map((name) => outputs.get(name)).filter((output) => output !== undefined)
      const description = describeLayer(
        layer,
        read.map(({ shape }) => shape),
        input.classes,
      )
      const field = receptiveField(
        layer,
        read.map((output) => output.field),
      )
      requireMemory(description, described.parameters)
      described.parameters += description.parameters
      outputs.set(layer.name, { shape: description.outputShape, field })
      const other = otherForm(layer, read[0]?.shape ?? [], description.outputShape)
      layers.push({
        ...description,
        ...(field && { receptiveField: field.size }),
        ...(other && { otherForm: other }),
      })
    } catch (error) {
      if (!(error instanceof ImpossibleLayer)) throw error
      return { layer: layer.name, message: error.message }
    }
  }
  return undefined
}

/** Why layers that can each be built make no network that tells the classes apart. */
function endingError(
  architecture: Architecture,
  layers: readonly LayerDescription[],
  classes: number,
  whole = 'network',
) {
  const loose = looseEnd(architecture)
  if (loose) {
    const message = `No layer reads what "${loose.name}" gives, so it could not learn; let a later layer read it, or remove it.`
    return { layer: loose.name, message }
  }
  const { name, outputShape } = layers.at(-1) ?? { name: architecture.name, outputShape: [] }
  const outputs = outputShape.reduce((product, size) => product * size, 1)
  if (outputs === classes) return undefined
  const message = `The ${whole} ends in ${outputShape.join('×')} = ${outputs} values at "${name}", but the data has ${classes} classes; end it with a fully connected layer of one unit per class.`
  return { layer: name, message }
}

function requireName(name: string, ...taken: readonly ReadonlyMap<string, unknown>[]): void {
  const conflict = nameConflict(name)
  if (conflict !== undefined) {
    throw new ImpossibleLayer(`A layer cannot be called "${name}": ${conflict}; give it another name.`)
  }
  if (taken.some((names) => names.has(name))) {
    throw new ImpossibleLayer(`Two layers are called "${name}"; give each layer a name of its own.`)
  }
}

function requireMemory({ name, parameters, outputShape }: LayerDescription, before: number): void {
  if (before + parameters > mostParameters) {
    throw new ImpossibleLayer(
      `"${name}" brings the network to ${count(before + parameters)} parameters, and one ONNX file holds at most ${count(mostParameters)}; give it fewer outputs or a smaller input.`,
    )
  }
  const values = outputShape.reduce((product, size) => product * size, 1)
  if (values > mostValues) {
    throw new ImpossibleLayer(
      `"${name}" gives ${outputShape.join('×')} = ${count(values)} values for one picture, and at most ${count(mostValues)} fit in memory; give it fewer outputs, less padding or a larger stride.`,
    )
  }
}

/** 61,706 */
function count(value: number): string {
  return value.toLocaleString('en')
}

function totals(layers: readonly LayerDescription[]): ArchitectureDescription {
  const sum = (pick: (layer: LayerDescription) => number) => layers.reduce((total, layer) => total + pick(layer), 0)
  return {
    layers,
    parameters: sum((layer) => layer.parameters),
    multiplyAdds: sum((layer) => layer.multiplyAdds),
  }
}
