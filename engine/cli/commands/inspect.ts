import { constants } from 'node:fs'
import { access, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { SpawnEngineProcess } from '../../host/engine-process.ts'
import { InspectorSupervisor } from '../../host/inspector-supervisor.ts'
import { RequestError } from '../../host/request-error.ts'
import type { ModelActivity } from '../../protocol/activity.ts'
import type { ModelSummary, Preprocessing } from '../../protocol/models.ts'
import { shortTitle, titleOf } from '../../protocol/data-source.ts'
import { type DataSettings, type DataSource, dataSettingsSchema } from '../../protocol/settings.ts'
import { collected, sourceOfArguments } from '../data-paths.ts'
import { InputError } from '../input-error.ts'
import { askLayers } from '../layer-progress.ts'
import {
  type PreprocessingChoice,
  chosenPreprocessing,
  preprocessingChoices,
  usualChoice,
} from '../preprocessing-choices.ts'
import type { AdviceFindings } from '../report/advice-report.ts'
import { modelAsJson, modelAsText } from '../report/model-report.ts'
import { inspectionPage } from '../report/page/inspection-page.ts'
import { printable } from '../report/printable.ts'
import { PicturesOfPage } from '../report/page/layer-pictures.ts'
import type { InspectedLayer } from '../report/page/layer-section.ts'
import { type Findings, activityOf } from '../report/verdict-report.ts'

interface InspectOptions {
  readonly json?: true
  readonly html?: string
  readonly data?: readonly string[]
  readonly preprocessing?: PreprocessingChoice
  readonly advice?: true
}

/** `filterscope inspect`: what a model file holds, read by a process of its own, which a damaged file may take down. */
export function inspectCommand(spawn: SpawnEngineProcess): Command {
  return new Command('inspect')
    .description('list what an ONNX file takes and gives, its layers, and which of their filters are structured')
    .argument('<model>', 'an .onnx file')
    .option('--json', 'print one JSON object')
    .option('--html <file>', 'also write one page with a picture of every filter, which needs nothing else')
    .option(
      '--data <path>',
      'pictures: also tell what the filters do on them; several times for several sources',
      collected,
    )
    .addOption(
      new Option(
        '--preprocessing <name>',
        'with --data: how pixels become the input (default: what the file says)',
      ).choices(preprocessingChoices),
    )
    .option(
      '--advice',
      'with --data: also whether each layer has enough filters, by masking them; seconds a layer in a small network, up to a minute in one like SqueezeNet',
    )
    .action(async (model: string, options: InspectOptions) => {
      const inspector = new InspectorSupervisor(spawn, () => undefined)
      try {
        await inspect(inspector, resolve(model), options)
      } catch (error) {
        if (error instanceof RequestError) throw new InputError(error.message, { cause: error })
        throw error
      } finally {
        inspector.close()
      }
    })
}

async function inspect(inspector: InspectorSupervisor, path: string, options: InspectOptions): Promise<void> {
  const { data, preprocessing, html } = options
  // A mistake in what was asked for is told before anything takes its time.
  if (preprocessing !== undefined && data === undefined) {
    throw new InputError('--preprocessing is about the pictures that --data names; give both, or neither.')
  }
  if (options.advice && data === undefined) {
    throw new InputError('--advice masks filters while the model looks at pictures; name them with --data.')
  }
  const source = data === undefined ? undefined : await sourceOfArguments(data, '--data')
  const file = html === undefined ? undefined : await requirePlace(resolve(html))
  const summary = await inspector.call('models.open', { path })
  const shown = source === undefined ? undefined : choosePictures(summary, source, options)
  const activity = shown && (await measureActivity(inspector, summary, shown))
  const judged = await judgeLayers(inspector, summary)
  const advice = shown && options.advice ? await adviseLayers(inspector, summary, shown) : undefined
  const findings: Findings = { ...judged, activity, advice }
  const report = options.json ? JSON.stringify(modelAsJson(summary, findings)) : modelAsText(summary, findings)
  process.stdout.write(`${report}\n`)
  if (file !== undefined) await writePage(inspector, summary, findings, file)
}

/** The path of a file to be written into a folder that is there. Throws InputError. */
async function requirePlace(file: string): Promise<string> {
  await access(dirname(file), constants.W_OK).catch((error: Error) => {
    throw new InputError(`The page cannot be written to ${file}: ${error.message}; name a folder that is there.`, {
      cause: error,
    })
  })
  return file
}

/** Pictures, and how they become the input of a model. */
interface ShownPictures {
  readonly data: DataSettings
  readonly preprocessing: Preprocessing
}

/** Throws InputError where the model takes no pictures. */
function choosePictures(
  { image, preprocessing, title }: ModelSummary,
  source: DataSource,
  options: InspectOptions,
): ShownPictures {
  const { width, height, channels } = image ?? {}
  if (channels !== 1 && channels !== 3)
    throw new InputError(`${title} takes no pictures, so --data tells nothing of it.`)
  const stated = options.preprocessing === undefined ? preprocessing : undefined
  const choice = options.preprocessing ?? usualChoice(channels)
  if (options.preprocessing === undefined && stated === undefined) {
    process.stderr.write(
      `The file does not say how pixels become its input, so ${choice} is assumed; --preprocessing chooses another.\n`,
    )
  }
  const size = width === undefined || height === undefined ? undefined : { width, height, channels, fit: 'crop' }
  const settings = dataSettingsSchema.parse({
    source,
    ...(size !== undefined && { image: size }),
  })
  return { data: settings, preprocessing: stated ?? chosenPreprocessing(choice, channels) }
}

async function measureActivity(
  inspector: InspectorSupervisor,
  { path }: ModelSummary,
  shown: ShownPictures,
): Promise<ModelActivity> {
  const activity = await inspector.call('models.activity', { path, ...shown })
  // Where the pictures lie on this machine is nobody else's business.
  return { ...activity, title: shortTitle(activity.title) }
}

/** By the name of the layer; the first look at a shape takes longest, since chance must be drawn for it. */
async function judgeLayers(inspector: InspectorSupervisor, { path, layers }: ModelSummary) {
  const names = layers.map(({ name }) => name)
  const { answers, refusals } = await askLayers(names, 'filters', (layer) =>
    inspector.call('models.verdict', { path, layer }),
  )
  for (const [name, why] of refusals) process.stderr.write(`${printable(`Filters of ${name}: ${why}`)}\n`)
  return { judgements: answers, refusals }
}

async function adviseLayers(
  inspector: InspectorSupervisor,
  { path, layers }: ModelSummary,
  shown: ShownPictures,
): Promise<AdviceFindings> {
  const names = layers.map(({ name }) => name)
  const { answers, refusals } = await askLayers(names, 'masking filters', (layer) =>
    inspector.call('models.advice', { path, layer, ...shown }),
  )
  return { layers: answers, refusals, title: shortTitle(titleOf(shown.data.source)) }
}

async function writePage(
  inspector: InspectorSupervisor,
  summary: ModelSummary,
  findings: Findings,
  file: string,
): Promise<void> {
  const pictures = new PicturesOfPage()
  const inspected: InspectedLayer[] = []
  for (const layer of summary.layers) {
    const judgement = findings.judgements.get(layer.name)
    if (judgement === undefined) continue
    // Megabytes of weights do not cross for pictures that have no room any more.
    const hasRoom = pictures.roomFor(judgement.filters.length) > 0
    const frame = hasRoom && (await inspector.call('models.filters', { path: summary.path, layer: layer.name }))
    const drawn = frame ? pictures.draw(frame.weights) : { howDrawn: '', images: [] }
    inspected.push({
      layer,
      judgement,
      pictures: drawn,
      activity: activityOf(findings, layer.name),
      advice: findings.advice?.layers.get(layer.name),
    })
  }
  await writeFile(file, inspectionPage(summary, inspected, findings)).catch((error: Error) => {
    throw new InputError(`The page could not be written to ${file}: ${error.message}.`, { cause: error })
  })
  process.stderr.write(`Wrote ${file}\n`)
}
