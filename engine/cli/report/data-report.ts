import type { DataFormat, DataSummary } from '../../protocol/data.ts'
import { columns } from './columns.ts'
import { count } from './numbers.ts'
import { printable } from './printable.ts'

const formatNames: Readonly<Record<DataFormat, string>> = {
  xo: 'generated X or O',
  idx: 'IDX',
  cifar10: 'CIFAR-10 binary',
  cifar100: 'CIFAR-100 binary',
  numpy: 'NumPy arrays',
  parquet: 'Parquet',
  table: 'pictures with a table of labels',
  folder: 'folders of pictures',
  pictures: 'pictures without labels',
  joined: 'several sources',
}

const CLASSES_SHOWN = 100
const PROBLEMS_SHOWN = 20

/** What a data set holds: pictures for each split and class, the sizes found, and what could not be used. */
export function dataAsJson(summary: DataSummary) {
  const { format, title, counts, classes, classNamesFrom, originalSizes, image, pixelValues } = summary
  return {
    format,
    path: title,
    images: { total: totalOf(counts), ...counts },
    classes: classes.map(({ name, ...splits }) => ({ name, count: totalOf(splits), ...splits })),
    ...(classNamesFrom !== undefined && { classNamesFrom }),
    ...(summary.unlabelled && { unlabelled: true }),
    sizes: originalSizes,
    /** What every picture is brought to for training. */
    image,
    ...(pixelValues !== undefined && { pixelValues }),
    problems: summary.problems,
    problemCount: summary.problemCount,
  }
}

/** The same as a table. */
export function dataAsText(summary: DataSummary): string {
  const { title, format, counts, classes, image } = summary
  const images = totalOf(counts)
  const colours = image.channels === 1 ? 'grey' : 'RGB'
  return [
    title,
    [
      formatNames[format],
      `${count(images)} ${images === 1 ? 'image' : 'images'}`,
      ...(summary.unlabelled ? [] : [`${count(classes.length)} classes`]),
      `${summary.unlabelled ? 'shown' : 'trained'} at ${image.width}×${image.height} ${colours}`,
    ].join(' · '),
    '',
    ...(summary.unlabelled ? [] : [...classLines(summary), '']),
    `Sizes: ${sizes(summary)}`,
    ...noteLines(summary),
    ...problemLines(summary),
  ]
    .map(printable)
    .join('\n')
}

function totalOf({ train, validation, test }: DataSummary['counts']): number {
  return train + validation + test
}

function classLines({ classes, counts }: DataSummary): string[] {
  const row = (name: string, splits: DataSummary['counts']) => [
    name,
    ...[totalOf(splits), splits.train, splits.validation, splits.test].map(count),
  ]
  const lines = columns([
    ['class', 'images', 'train', 'validation', 'test'],
    ...classes.slice(0, CLASSES_SHOWN).map(({ name, ...splits }) => row(name, splits)),
    row('all', counts),
  ])
  const left = classes.length - CLASSES_SHOWN
  return left > 0 ? [...lines.slice(0, -1), `… and ${count(left)} more, which --json lists`, ...lines.slice(-1)] : lines
}

function sizes({ originalSizes }: DataSummary): string {
  return originalSizes.map(({ width, height, count: many }) => `${width}×${height} (${count(many)})`).join(', ')
}

function noteLines({ classNamesFrom, pixelValues, testSetGiven, unlabelled }: DataSummary): string[] {
  const lines: string[] = []
  if (pixelValues !== undefined) {
    const { dataType, black, white } = pixelValues
    lines.push(`Pixels: ${dataType}; ${black} became 0 and ${white} became 255.`)
  }
  if (classNamesFrom?.kind === 'file') lines.push(`Class names: from ${classNamesFrom.name}.`)
  if (classNamesFrom?.kind === 'known')
    lines.push(`Class names: those of ${classNamesFrom.dataset}, recognised by its labels.`)
  if (classNamesFrom?.kind === 'numbers') lines.push('Class names: none; the data holds only numbers.')
  if (unlabelled) lines.push('Nothing says what they show, so nothing can be trained on them.')
  else if (!testSetGiven) lines.push('The data brings no test set, so one is held out.')
  return lines
}

function problemLines({ problems, problemCount }: DataSummary): string[] {
  if (problemCount === 0) return []
  const shown = problems.slice(0, PROBLEMS_SHOWN).map(({ path, message }) => {
    return message.includes(path) ? `  ${message}` : `  ${path}: ${message}`
  })
  const left = problemCount - shown.length
  const more = left > 0 ? [`  … and ${count(left)} more, which --json lists`] : []
  return ['', `Not used: ${count(problemCount)}`, ...shown, ...more]
}
