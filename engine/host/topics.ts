import type { HostMessage, Topic } from '../protocol/messages.ts'
import { openRunFolder } from '../runs/run-folder.ts'
import { readLooks } from '../runs/verdict-file.ts'
import { ActivationFeed } from './activation-feed.ts'
import { FilterFeed } from './filter-feed.ts'
import type { HostSubscription } from './host-subscription.ts'
import type { InspectorSupervisor } from './inspector-supervisor.ts'
import { LatestSubscription, type LatestTarget } from './latest-subscription.ts'
import type { LiveRun } from './live-run.ts'
import { LogSubscription } from './log-subscription.ts'
import type { LogSource } from './log-source.ts'
import type { PathGuard } from './path-guard.ts'
import type { ProgressLog } from './progress-log.ts'
import { asFailure, RequestError } from './request-error.ts'
import type { RunSupervisor } from './run-supervisor.ts'
import { RunsFeed } from './runs-feed.ts'
import type { Tasks } from './tasks.ts'
import { VerdictFeed } from './verdict-feed.ts'

export interface TopicParts {
  readonly runs: RunSupervisor
  readonly inspector: InspectorSupervisor
  readonly progress: ProgressLog
  readonly paths: PathGuard
  readonly tasks: Tasks
}

type TopicOf<K extends Topic['kind']> = Extract<Topic, { kind: K }>

/** What windows can follow: finds the log or the feed of a topic, shared among the windows that follow the same. */
export class Topics {
  readonly #parts: TopicParts
  readonly #runsFeed: RunsFeed
  /** By run and layer. */
  readonly #filters = new Map<string, FilterFeed>()
  /** By run, layer and picture. */
  readonly #activations = new Map<string, ActivationFeed>()
  /** By run. */
  readonly #verdicts = new Map<string, VerdictFeed>()

  constructor(parts: TopicParts) {
    this.#parts = parts
    this.#runsFeed = new RunsFeed(() => parts.runs.list())
    parts.runs.started.add((run) => this.#follow(run))
  }

  /** The list of runs is another one now. */
  runsFolderChanged(): void {
    this.#runsFeed.changed()
  }

  /** Throws RequestError where there is nothing to follow. */
  async subscribe(id: number, topic: Topic, since: number, target: LatestTarget): Promise<HostSubscription> {
    switch (topic.kind) {
      case 'run': {
        const { log, release } = await this.#parts.runs.followLog(topic.runId)
        return this.#log(id, log, since, target, release)
      }
      case 'data':
        return this.#log(id, this.#parts.progress, since, target, () => undefined)
      case 'runs':
        // Another program may have added runs meanwhile.
        this.#runsFeed.changed()
        return new LatestSubscription(id, this.#runsFeed, target)
      case 'filters':
        return this.#followFilters(id, topic, target)
      case 'activations':
        return this.#followActivations(id, topic, target)
      case 'verdicts':
        return this.#followVerdicts(id, topic.runId, target)
      case 'task':
        return new LatestSubscription(id, this.#parts.tasks.feed(topic.taskId), target)
    }
  }

  #log(id: number, source: LogSource, since: number, target: LatestTarget, release: () => void): HostSubscription {
    const send = (message: HostMessage) => target.send(message)
    const fail = (error: unknown) => send({ kind: 'failure', id, ...asFailure(error) })
    const subscription = new LogSubscription(id, source, since, send, fail)
    return {
      acknowledge: (sequence) => subscription.acknowledge(sequence),
      close() {
        subscription.close()
        release()
      },
    }
  }

  async #followFilters(id: number, { runId, layer }: TopicOf<'filters'>, target: LatestTarget) {
    const { runs } = this.#parts
    const live = runs.live(runId)
    const known = live ? live.opened : await runs.open(runId)
    if (known && !known.kernelLayers.some(({ name }) => name === layer)) {
      throw new RequestError('notFound', `Run ${runId} has no layer "${layer}" with kernels.`)
    }
    const requestFrame = () => {
      const run = runs.live(runId)
      // Until it trains, a trainer has no weights to show and would not answer.
      if (run?.phase !== 'running' && run?.phase !== 'paused') return false
      run.command({ kind: 'requestFilters', layer })
      return true
    }
    const key = keyOf(runId, layer)
    const feed = this.#filters.get(key) ?? new FilterFeed(requestFrame, () => this.#filters.delete(key))
    this.#filters.set(key, feed)
    return new LatestSubscription(id, feed, target)
  }

  async #followActivations(id: number, topic: TopicOf<'activations'>, target: LatestTarget) {
    const { runId, layer } = topic
    const { runs, inspector, paths } = this.#parts
    const picture = await paths.confinePicture(topic.picture)
    const live = runs.live(runId)
    const runFolder = await runs.pathOf(runId)
    const compute = () => inspector.call('runs.activations', { runFolder, layer, picture })
    const key = keyOf(runId, layer, JSON.stringify(picture))
    const feed =
      this.#activations.get(key) ??
      new ActivationFeed(compute, live?.hasWeights ?? true, () => this.#activations.delete(key))
    this.#activations.set(key, feed)
    return new LatestSubscription(id, feed, target)
  }

  async #followVerdicts(id: number, runId: string, target: LatestTarget) {
    const { runs, inspector } = this.#parts
    const runFolder = await runs.pathOf(runId)
    const [looks, kept] = await Promise.all([readLooks(runFolder), snapshotStepsOf(runFolder)])
    const known = this.#verdicts.get(runId)
    if (known !== undefined) return new LatestSubscription(id, known, target)
    const look = (step: number) => inspector.call('runs.look', { runFolder, step })
    const feed = new VerdictFeed(looks, look, () => this.#verdicts.delete(runId))
    this.#verdicts.set(runId, feed)
    const subscription = new LatestSubscription(id, feed, target)
    if (runs.live(runId)?.isOver ?? true) feed.ended()
    feed.keeps(kept)
    return subscription
  }

  #follow(run: LiveRun): void {
    this.#runsFeed.follow(run)
    this.#verdicts.get(run.id)?.goesOn()
    const feedsOf = <Feed>(feeds: ReadonlyMap<string, Feed>) =>
      [...feeds].filter(([key]) => key.startsWith(`${run.id}\n`)).map(([, feed]) => feed)
    run.frames.add((frame) => this.#filters.get(keyOf(run.id, frame.layer))?.receive(frame))
    run.entries.add((entry) => {
      for (const feed of feedsOf(this.#filters)) feed.runProgressed()
      if (entry.kind !== 'snapshot') return
      this.#verdicts.get(run.id)?.keeps(entry.keptSteps)
      for (const feed of feedsOf(this.#activations)) feed.snapshotKept()
    })
    void run.ended.then(() => {
      for (const feed of feedsOf(this.#filters)) feed.trainerEnded()
      this.#verdicts.get(run.id)?.ended()
    })
  }
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('\n')
}

/** The steps whose weights are kept in a run folder; none before the run has one. */
async function snapshotStepsOf(runFolder: string): Promise<number[]> {
  return openRunFolder(runFolder)
    .then((folder) => folder.snapshotSteps())
    .catch(() => [])
}
