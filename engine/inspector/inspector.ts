import { DataError } from '../datasets/dataset.ts'
import { examineData } from '../datasets/examination/examine-data.ts'
import { decodePictureFile } from '../datasets/picture-file.ts'
import { exportRun } from '../exports/export-run.ts'
import type { GuessedLayer } from '../filters/guessing/deal-cards.ts'
import { buildResponseGraph } from '../fine-tuning/response-graph.ts'
import { exportEndings } from '../protocol/exports.ts'
import type { GuessPlace, InspectorCalls, InspectorMethod } from '../protocol/inspector.ts'
import type { DataProgress } from '../protocol/messages.ts'
import type { Picture } from '../protocol/requests.ts'
import type { ActivationFrame } from '../protocol/runs.ts'
import { listDevices } from '../runtime/device-report.ts'
import type { CallParts } from './call-parts.ts'
import { DatasetShelf } from './dataset-shelf.ts'
import { GuessRounds, guessedLayerOfRun } from './guess-rounds.ts'
import { InspectionError } from './inspection-error.ts'
import { LayerJudge } from './layer-judge.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'
import { measureActivity } from './measure-activity.ts'
import { ModelShelf } from './model-shelf.ts'
import { previewModel } from './preview-model.ts'
import { RunNetwork, softmax } from './run-network.ts'
import { RunVerdicts } from './run-verdicts.ts'
import { readThumbnails } from './thumbnails.ts'
import { readTrainingPictures } from './training-pictures.ts'
import { adviseWidth } from './width/advise-width.ts'
import { SpeedGauge } from './speed/speed-gauge.ts'
import { subjectOfModel, subjectOfRun } from './width/network-subject.ts'
import { tryResizing } from './width/try-resizing.ts'

const NETWORKS_KEPT = 2

const neverAborted = new AbortController().signal

type Answers = {
  readonly [M in InspectorMethod]: (
    parameters: InspectorCalls[M]['parameters'],
    parts: CallParts,
  ) => Promise<InspectorCalls[M]['result']>
}

/** Answers everything that decodes pictures or runs a network to look at it. */
export class Inspector {
  readonly #data: DatasetShelf
  readonly #models: ModelShelf
  readonly #verdicts: RunVerdicts
  readonly #guesses: GuessRounds
  readonly #speed: SpeedGauge
  readonly #networks = new LeastRecentlyUsed<string, Promise<RunNetwork>>(
    NETWORKS_KEPT,
    // One that could not be opened was reported to whoever asked for it.
    (network) => void network.then((opened) => opened.release()).catch(() => undefined),
  )

  readonly #answers: Answers = {
    'devices.list': () => listDevices(),
    'speed.measure': async ({ mayMeasure }) => {
      const speed = await this.#speed.speed(mayMeasure)
      return speed === undefined ? {} : { speed }
    },
    'data.open': async ({ settings }) => {
      const { dataId, dataset } = await this.#data.open(settings)
      return { dataId, summary: dataset.summary }
    },
    'data.thumbnails': (parameters) => readThumbnails(this.#data.find(parameters.dataId), parameters),
    'data.trainingPictures': async (parameters) => {
      const { dataset } = await this.#data.open(parameters.data)
      return readTrainingPictures(dataset, parameters)
    },
    'data.examine': ({ dataId }, { onProgress, signal }) =>
      examineData(this.#data.find(dataId), { onProgress, signal }),
    'runs.filters': async ({ runFolder, layer, step }) => {
      const network = await this.#network(runFolder)
      return { layer, step, weights: await network.kernels(layer, step) }
    },
    'runs.activations': async ({ runFolder, layer, picture, step }) => {
      const network = await this.#network(runFolder)
      const { pixels } = await this.#picture(network, picture)
      const forward = await network.forward(pixels, layer, step)
      const maps = { dims: forward.maps.dims, data: forward.maps.data as Float32Array }
      return { layer, step: forward.step, maps, probabilities: softmax(forward.logits) } satisfies ActivationFrame
    },
    'runs.classify': async ({ runFolder, picture, step }) => {
      const network = await this.#network(runFolder)
      const { pixels, label } = await this.#picture(network, picture)
      const forward = await network.forward(pixels, 'logits', step)
      const [channels, height, width] = network.inputDims
      return {
        step: forward.step,
        probabilities: softmax(forward.logits),
        width,
        height,
        channels: channels === 1 ? 1 : 3,
        pixels,
        ...(label !== undefined && { label }),
      }
    },
    'runs.look': async ({ runFolder, step }) => this.#verdicts.look(await this.#network(runFolder), step),
    'runs.verdict': async ({ runFolder, layer, step }) =>
      (await this.#verdicts.judge(await this.#network(runFolder), layer, step)).judgement,
    'runs.reasons': async ({ runFolder, layer, step, filter }) =>
      this.#verdicts.reasons(await this.#network(runFolder), layer, step, filter),
    'runs.advice': async ({ runFolder, layer, step }, parts) => {
      const network = await this.#network(runFolder)
      const { judgement } = await this.#verdicts.judge(network, layer, step)
      const { dataset } = await this.#data.open(network.folder.settings.data)
      const classes = dataset.summary.classes.map(({ name }) => name)
      // A folder may have other classes by now than the network was trained to tell apart.
      const learnt = (await network.folder.description())?.classes ?? classes
      const subject = subjectOfRun(await network.graphAt(step), layer, learnt)
      const { seed } = network.folder.settings.training
      return adviseWidth(
        { network: subject, layer, step, judgement, samples: dataset.splits.validation, classes, seed },
        parts,
      )
    },
    'runs.resizable': async ({ runFolder, layer, step, kept, added }) => {
      const network = await this.#network(runFolder)
      return tryResizing(subjectOfRun(await network.graphAt(step), layer, []), { kept, added })
    },
    'runs.export': ({ runFolder, step, formats, base, mayReplace }, parts) => {
      const paths = Object.fromEntries(formats.map((format) => [format, `${base}${exportEndings[format][0]}`]))
      const mayBeReplaced = (path: string) =>
        typeof mayReplace === 'string' ? mayReplace === 'all' : mayReplace.path === path
      return exportRun(runFolder, paths, { ...parts, step, mayReplace: mayBeReplaced })
    },
    'models.open': ({ path }) => Promise.resolve(this.#models.summary(path)),
    'models.filters': ({ path, layer }) => Promise.resolve(this.#models.filters(path, layer)),
    'models.preview': async ({ path, data, preprocessing }, parts) => {
      const { dataset } = await this.#data.open(data)
      const { image } = dataset.summary
      const graph = buildResponseGraph(this.#models.open(path), preprocessing, image)
      return previewModel({ graph, image, samples: dataset.splits.train, seed: data.seed }, parts)
    },
    'models.advice': async ({ path, layer, data, preprocessing, classNames }, parts) => {
      const { dataset } = await this.#data.open(data)
      const { image } = dataset.summary
      const classes = dataset.summary.classes.map(({ name }) => name)
      const model = this.#models.open(path)
      const network = subjectOfModel(model, layer, preprocessing, image, classNames)
      const judgement = await this.#models.verdict(path, layer)
      const samples = dataset.summary.unlabelled ? dataset.splits.train : dataset.splits.validation
      const whole = { facts: model.facts, layer: model.layers.get(layer) }
      return adviseWidth({ network, layer, step: 0, judgement, samples, classes, seed: data.seed, whole }, parts)
    },
    'models.activity': async ({ path, data, preprocessing }, parts) => {
      const { dataset } = await this.#data.open(data)
      const graph = buildResponseGraph(this.#models.open(path), preprocessing, dataset.summary.image)
      return measureActivity(graph, dataset, data.seed, parts)
    },
    'models.verdict': ({ path, layer }) => this.#models.verdict(path, layer),
    'models.reasons': ({ path, layer, filter }) => this.#models.reasons(path, layer, filter),
    'guess.deal': async ({ place, seed }) => this.#guesses.deal(place.layer, await this.#guessed(place), seed),
    'guess.reveal': async ({ place, seed, digest, votes }) =>
      this.#guesses.reveal(await this.#guessed(place), seed, digest, votes),
  }

  /** From one start to the next `nullFolder` keeps drawn null distributions, and `speedFolder` how fast the machine is. */
  constructor(onProgress: (progress: DataProgress) => void, nullFolder?: string, speedFolder?: string) {
    this.#data = new DatasetShelf(onProgress)
    const judge = new LayerJudge(nullFolder)
    this.#models = new ModelShelf(judge)
    this.#verdicts = new RunVerdicts(judge)
    this.#guesses = new GuessRounds(judge)
    this.#speed = new SpeedGauge(speedFolder)
  }

  /** Throws DataError, RunError, ModelError, ExportError, InspectionError or OpeningCancelledError with one sentence. */
  async answer<M extends InspectorMethod>(
    method: M,
    parameters: InspectorCalls[M]['parameters'],
    parts: CallParts = { onProgress: () => undefined, signal: neverAborted },
  ): Promise<InspectorCalls[M]['result']> {
    return await this.#answers[method](parameters, parts)
  }

  cancelOpening(): void {
    this.#data.cancel()
  }

  async #guessed(place: GuessPlace): Promise<GuessedLayer> {
    if (place.kind === 'model') return this.#models.weights(place.path, place.layer)
    return guessedLayerOfRun(await this.#network(place.runFolder), place.layer, place.step)
  }

  #network(runFolder: string): Promise<RunNetwork> {
    const known = this.#networks.get(runFolder)
    if (known !== undefined) return known
    const opening = RunNetwork.open(runFolder)
    this.#networks.set(runFolder, opening)
    opening.catch(() => this.#networks.delete(runFolder))
    return opening
  }

  /** A picture as the network of a run receives it, uint8 [H, W, C]; the label where it is one of the data set. */
  async #picture(network: RunNetwork, picture: Picture): Promise<{ pixels: Uint8Array; label?: number }> {
    const [channels, height, width] = network.inputDims
    const { settings } = network.folder
    if (picture.kind === 'file') {
      const fit = settings.data.image?.fit ?? 'crop'
      return { pixels: await decodePictureFile(picture.path, { width, height, channels: channels === 1 ? 1 : 3, fit }) }
    }
    const { dataset } = await this.#data.open(settings.data)
    const samples = dataset.splits[picture.split]
    const label = samples.labels[picture.index]
    if (label === undefined) {
      throw new InspectionError(
        'notFound',
        `The ${picture.split} split has ${samples.count} pictures, so there is no picture #${picture.index}.`,
      )
    }
    if (samples.pictureBytes !== width * height * channels) {
      const { image } = dataset.summary
      throw new DataError(
        `${dataset.summary.title} now gives pictures of ${image.width}×${image.height}, but this run was trained on ${width}×${height}; the data has changed since.`,
      )
    }
    const pixels = new Uint8Array(samples.pictureBytes)
    await samples.read([picture.index], pixels)
    return { pixels, label }
  }
}
