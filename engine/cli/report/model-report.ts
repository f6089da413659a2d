import type { ImageInput, ModelLayer, ModelSummary, ModelValue, Preprocessing } from '../../protocol/models.ts'

/** Everything found out about a model but its graph, in the order in which a person asks. */
export function modelAsJson({ path, nodes: _, layers, ...rest }: ModelSummary) {
  return { model: path, ...rest, layers }
}

/** The same as a few lines and a table of the layers. */
export function modelAsText(model: ModelSummary): string {
  return [...headLines(model), '', ...layerLines(model)].join('\n')
}

function headLines(model: ModelSummary): string[] {
  const { title, byteLength, producer, opset, inputs, outputs, image, preprocessing, output, classNames } = model
  const inputNotes = inputs.map(({ name }) => (name === image?.name ? imageNote(image, preprocessing) : ''))
  const outputNotes = outputs.map(({ name }) => (name === output.name ? outputNote(output, classNames) : ''))
  return [
    [title, megabytes(byteLength), ...(producer === '' ? [] : [producer]), `operator set ${opset}`].join(' · '),
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
    ...reasons.map((reason, index) => `${index === 0 ? '\n' : ''}[${index + 1}] ${reason}`),
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

/** Lines of cells under each other, numbers to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0
      return /^[\d,?]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width)
    })
    return cells.join('  ').trimEnd()
  })
}

function count(value: number): string {
  return value.toLocaleString('en')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`
}
