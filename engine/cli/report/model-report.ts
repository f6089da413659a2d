import { adviceAsJson } from './advice-report.ts'
import { columns } from './columns.ts'
import { printable } from './printable.ts'
import { count, fileSize } from './numbers.ts'
import { type Findings, activityOf, layerAsJson, verdictLines } from './verdict-report.ts'
import type { ImageInput, ModelLayer, ModelSummary, ModelValue, Preprocessing } from '../../protocol/models.ts'

/** Everything found out about a model but its graph, in the order in which a person asks. */
export function modelAsJson({ path, nodes: _, layers, ...rest }: ModelSummary, findings: Findings) {
  const judged = layers.map((layer) => {
    const judgement = findings.judgements.get(layer.name)
    const advice = findings.advice === undefined ? {} : adviceAsJson(findings.advice, layer.name)
    if (judgement !== undefined) {
      return { ...layerAsJson(layer, judgement, activityOf(findings, layer.name)), ...advice }
    }
    const whyNotJudged = findings.refusals.get(layer.name)
    return { ...layer, ...(whyNotJudged !== undefined && { whyNotJudged }), ...advice }
  })
  return { model: path, ...rest, layers: judged }
}

/** The same as a few lines, a table of the layers and one of their filters. */
export function modelAsText(model: ModelSummary, findings: Findings): string {
  const filters = model.layers.length === 0 ? [] : ['', ...verdictLines(model.layers, findings)]
  return [...headLines(model), '', ...layerLines(model), ...filters].map(printable).join('\n')
}

function headLines(model: ModelSummary): string[] {
  const { title, byteLength, producer, opset, inputs, outputs, image, preprocessing, output, classNames } = model
  const inputNotes = inputs.map(({ name }) => (name === image?.name ? imageNote(image, preprocessing) : ''))
  const outputNotes = outputs.map(({ name }) => (name === output.name ? outputNote(output, classNames) : ''))
  return [
    [title, fileSize(byteLength), ...(producer === '' ? [] : [producer]), `operator set ${opset}`].join(' · '),
    ...columns([
      ...inputs.map((input, index) => ['input', ...valueCells(input), inputNotes[index] ?? '']),
      ...outputs.map((value, index) => ['output', ...valueCells(value), outputNotes[index] ?? '']),
    ]),
  ]
}

function valueCells({ name, dataType, dims }: ModelValue): string[] {
  return [name, `${dataType} [${dims.join(', ')}]`]
}

function imageNote({ layout, channels }: ImageInput, preprocessing: Preprocessing | undefined): string {
  const order = layout === 'nchw' ? 'channels first' : 'channels last'
  const picture = `pictures, ${channels} ${channels === 1 ? 'channel' : 'channels'}, ${order}`
  if (preprocessing === undefined) return `${picture}; how to scale their pixels the file does not say`
  const { colourOrder, mean, standardDeviation } = preprocessing
  const colours = channels === 3 ? `${colourOrder.toUpperCase()}, ` : ''
  return `${picture}; ${colours}(pixel − [${mean.join(', ')}]) / [${standardDeviation.join(', ')}]`
}

function outputNote({ kind, classes }: ModelSummary['output'], names: readonly string[] | undefined): string {
  if (kind === 'unknown' || classes === undefined) return ''
  const scores = { logits: 'logits', probabilities: 'probabilities', logProbabilities: 'log-probabilities' }[kind]
  return `${scores} of ${count(classes)} classes${names === undefined ? '' : `: ${names.slice(0, 3).join(', ')} …`}`
}

function layerLines({ layers, parameters, multiplyAdds, training }: ModelSummary): string[] {
  if (layers.length === 0)
    return ['It has no filters: there is no convolution or fully connected layer with weights of its own.']
  const work = multiplyAdds === undefined ? '' : `, ${count(multiplyAdds)} multiply-adds for one picture`
  const total = `${count(layers.length)} layers with filters, ${count(parameters)} parameters${work}`
  const reasons = [...new Set(layers.flatMap(({ whyNot }) => whyNot ?? []))]
  const head = ['layer', 'operator', 'shape', 'parameters', 'multiply-adds', 'trainable']
  const table = columns([head, ...layers.map((layer) => layerCells(layer, reasons))])
  const { freezeBelow } = training
  const freeze = freezeBelow === undefined ? [] : ['', `Frozen up to ${freezeBelow}, the rest can be trained.`]
  return [
    total,
    '',
    ...table,
    ...(reasons.length === 0 ? [] : ['', ...reasons.map((reason, index) => `[${index + 1}] ${reason}`)]),
    ...freeze,
  ]
}

function layerCells(layer: ModelLayer, reasons: readonly string[]): string[] {
  const { name, operator, shape, parameters, multiplyAdds, whyNot, storedAs } = layer
  const trainable = whyNot === undefined ? 'yes' : `no [${reasons.indexOf(whyNot) + 1}]`
  const stored = storedAs === undefined ? operator : `${operator} (${storedAs})`
  const work = multiplyAdds === undefined ? '?' : count(multiplyAdds)
  return [name, stored, `[${shape.join(', ')}]`, count(parameters), work, trainable]
}
