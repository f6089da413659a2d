import {
  type Architecture,
  type ArchitectureDescription,
  IMAGE,
  type InputShape,
  type LayerDescription,
} from '../protocol/architecture.ts'
import { describeLayer } from './describe-layer.ts'
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

/**
 * Output shapes, parameters and multiply-adds of every layer for pictures of `input`'s size.
 * Sizes that are not whole carry a warning and what would mend them; a layer that cannot exist ends the list with
 * `error`.
 */
export function describeArchitecture(architecture: Architecture, input: InputShape): ArchitectureDescription {
  const layers: LayerDescription[] = []
  let parameters = 0
  const image: Output = { shape: [input.channels, input.height, input.width], field: onePixel }
  const outputs = new Map<string, Output>([[IMAGE, image]])
  for (const [index, layer] of architecture.layers.entries()) {
    try {
      requireName(layer.name, outputs)
      const names = inputNames(architecture, index)
      requireInputs(layer, names, outputs)
      const read = names.map((name) => outputs.get(name) ?? image)
      const description = describeLayer(
        layer,
        read.map(({ shape }) => shape),
        input.classes,
      )
      const field = receptiveField(
        layer,
        read.map((output) => output.field),
      )
      requireMemory(description, parameters)
      parameters += description.parameters
      outputs.set(layer.name, { shape: description.outputShape, field })
      const other = otherForm(layer, read[0]?.shape ?? [], description.outputShape)
      layers.push({
        ...description,
        ...(field && { receptiveField: field.size }),
        ...(other && { otherForm: other }),
      })
    } catch (error) {
      if (!(error instanceof ImpossibleLayer)) throw error
      return { ...totals(layers), error: { layer: layer.name, message: error.message } }
    }
  }
  const error = endingError(architecture, layers, input.classes)
  return { ...totals(layers), ...(error && { error }) }
}

/** Why layers that can each be built make no network that tells the classes apart. */
function endingError(architecture: Architecture, layers: readonly LayerDescription[], classes: number) {
  const loose = looseEnd(architecture)
  if (loose) {
    const message = `No layer reads what "${loose.name}" gives, so it could not learn; let a later layer read it, or remove it.`
    return { layer: loose.name, message }
  }
  const { name, outputShape } = layers.at(-1) ?? { name: architecture.name, outputShape: [] }
  const outputs = outputShape.reduce((product, size) => product * size, 1)
  if (outputs === classes) return undefined
  const message = `The network ends in ${outputShape.join('×')} = ${outputs} values at "${name}", but the data has ${classes} classes; end it with a fully connected layer of one unit per class.`
  return { layer: name, message }
}

function requireName(name: string, taken: ReadonlyMap<string, unknown>): void {
  const conflict = nameConflict(name)
  if (conflict !== undefined) {
    throw new ImpossibleLayer(`A layer cannot be called "${name}": ${conflict}; give it another name.`)
  }
  if (taken.has(name)) {
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
