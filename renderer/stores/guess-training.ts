import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Architecture } from '../../engine/protocol/architecture.ts'
import { recommendedTraining } from '../../engine/protocol/recommended-training.ts'
import { text } from '../i18n/text.ts'
import { sampleSettings } from './data.ts'
import { useGuessingStore } from './guessing.ts'
import { useModelStore } from './model.ts'
import { useRunsStore } from './runs.ts'

/** The name of the network of the built-in round, by which its run is found again. */
const NETWORK_NAME = 'small-guess'
const LAYER = 'conv1'
/** Enough of them that no filter is dealt twice. */
export const BUILT_IN_FILTERS = 24

/** The round that is there where nothing is open: a small network trained on the bundled pictures at once. */
export const useGuessTrainingStore = defineStore('guessTraining', () => {
  const guessing = useGuessingStore()
  const model = useModelStore()
  const runs = useRunsStore()

  const waiting = shallowRef<{ readonly runId: string; readonly seed: number }>()
  const error = shallowRef<string>()
  const isStarting = shallowRef(false)
  /** Counts wishes and their ends: what an older one brings is wanted no more. */
  let newest = 0

  /** Of an earlier round. */
  const known = computed(() =>
    runs.runs?.find(({ architectureName, phase }) => architectureName === NETWORK_NAME && phase === 'finished'),
  )
  /** The run that is waited for. */
  const run = computed(() => runs.runs?.find(({ id }) => id === waiting.value?.runId))
  const isWaiting = computed(() => isStarting.value || waiting.value !== undefined)
  /** Why the round cannot be had now, as a sentence. */
  const hindrance = computed(() =>
    known.value === undefined && runs.active !== undefined ? text('learn.guess.start.busy') : undefined,
  )
  const stage = computed(() => {
    const { phase, step = 0, stepsPerEpoch = 0, epochs = 0 } = run.value ?? {}
    if (phase !== 'running' || stepsPerEpoch === 0) return text('learn.guess.preparing')
    return text('learn.guess.training', { epoch: Math.min(epochs, Math.floor(step / stepsPerEpoch) + 1), epochs })
  })

  /** Deals of the run there is, or trains one first. */
  async function play(seed: number): Promise<void> {
    error.value = undefined
    if (known.value) {
      await deal(known.value.id, known.value.step, seed)
      return
    }
    const asked = ++newest
    isStarting.value = true
    try {
      const runId = await runs.start(settings())
      if (asked === newest) waiting.value = { runId, seed }
      else await runs.command('runs.stop', runId)
    } catch (failure) {
      error.value = (failure as Error).message
    } finally {
      isStarting.value = false
    }
  }

  function settings() {
    const architecture = model.presets?.find((preset) => preset.architecture.name === 'small')?.architecture
    if (architecture === undefined) throw new Error(text('shell.run.disconnected'))
    const { training } = recommendedTraining({ kind: 'layers', name: architecture.name }, 'xo')
    return { data: sampleSettings(), network: { kind: 'layers' as const, architecture: wider(architecture) }, training }
  }

  async function deal(runId: string, step: number, seed: number): Promise<void> {
    const source = { kind: 'run', runId, layer: LAYER, step } as const
    await guessing.deal(source, text('learn.guess.start.builtInTitle'), seed)
  }

  /** Stops the training; what it has learnt until then stays in the list of runs. */
  async function cancel(): Promise<void> {
    newest++
    const runId = waiting.value?.runId
    waiting.value = undefined
    if (runId !== undefined) await runs.command('runs.stop', runId)
  }

  watch(run, (now) => {
    const wanted = waiting.value
    if (!now || !wanted || now.phase === 'preparing' || now.phase === 'running' || now.phase === 'paused') return
    waiting.value = undefined
    if (now.phase === 'finished') void deal(now.id, now.step, wanted.seed)
    else error.value = text('learn.guess.trainingFailed', { reason: text('learn.guess.stopped') })
  })

  return { known, run, error, isWaiting, hindrance, stage, play, cancel }
})

function wider(architecture: Architecture): Architecture {
  const layers = architecture.layers.map((layer) =>
    layer.kind === 'conv' && layer.name === LAYER ? { ...layer, filters: BUILT_IN_FILTERS } : layer,
  )
  return { ...architecture, name: NETWORK_NAME, layers }
}
