import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { useRunLooksStore } from './run-looks.ts'
import { isLive } from './run-record.ts'
import { nearestKept, nextKept, playbackPace, previousKept, timelineMarks } from './timeline-steps.ts'
import { useTrainingStore } from './training.ts'

const PLAY_SECONDS = 10
const SHORTEST_FRAME_MS = 80

/** The one moment of the run that filter wall, maps and curves show. */
export const useTimelineStore = defineStore('timeline', () => {
  const training = useTrainingStore()
  const looks = useRunLooksStore()

  /** Undefined while the newest weights are followed. */
  const chosenStep = shallowRef<number>()
  const isPlaying = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const keptSteps = computed(() => training.record.snapshots?.keptSteps ?? [])
  const isFollowing = computed(() => chosenStep.value === undefined)
  /** New weights come by themselves. */
  const isLiveNow = computed(() => isFollowing.value && isLive(training.record.phase))
  const shownStep = computed(() => chosenStep.value ?? training.record.step)
  /** The step whose kept weights are shown; undefined while live ones are. */
  const keptStep = computed(() => {
    if (isLiveNow.value) return undefined
    return chosenStep.value ?? keptSteps.value.at(-1)
  })
  const totalSteps = computed(() => training.run?.totalSteps ?? 0)
  // A record is new with every step; what the marks are made from is not.
  const evaluations = computed(() => training.record.evaluations)
  const learningRateChanges = computed(() => training.record.learningRateChanges)
  const marks = computed(() =>
    timelineMarks({
      ...(training.run && { run: training.run }),
      evaluations: evaluations.value,
      learningRateChanges: learningRateChanges.value,
      firstStructured: looks.first,
    }),
  )

  /** Goes to the kept step nearest to the wanted one. */
  function goTo(step: number): void {
    if (keptSteps.value.length > 0) chosenStep.value = nearestKept(keptSteps.value, step)
  }

  /** Shows the newest weights, and newer ones as they come. */
  function follow(): void {
    pause()
    chosenStep.value = undefined
  }

  function goToBirth(): void {
    pause()
    goTo(0)
  }

  function next(): void {
    const step = nextKept(keptSteps.value, shownStep.value)
    if (step !== undefined) chosenStep.value = step
    else if (training.isRunning) follow()
  }

  function previous(): void {
    const step = previousKept(keptSteps.value, shownStep.value)
    if (step !== undefined) chosenStep.value = step
  }

  /** Plays the kept steps from the one in view, or from the birth where that is the last. */
  function play(): void {
    if (keptSteps.value.length < 2) return
    isPlaying.value = true
    if (nextKept(keptSteps.value, shownStep.value) === undefined) goTo(0)
    schedule()
  }

  function schedule(): void {
    const { stride, pauseMs } = playbackPace(keptSteps.value.length, PLAY_SECONDS, SHORTEST_FRAME_MS)
    timer = setTimeout(() => advance(stride), pauseMs)
  }

  function advance(stride: number): void {
    let step = shownStep.value
    for (let count = 0; count < stride; count++) step = nextKept(keptSteps.value, step) ?? step
    if (step === shownStep.value) {
      pause()
      if (training.isRunning) follow()
      return
    }
    chosenStep.value = step
    schedule()
  }

  function pause(): void {
    clearTimeout(timer)
    isPlaying.value = false
  }

  function togglePlay(): void {
    if (isPlaying.value) pause()
    else play()
  }

  watch(
    () => training.runId,
    () => follow(),
  )
  // Thinning may drop the step in view.
  watch(keptSteps, (kept) => {
    const chosen = chosenStep.value
    if (chosen !== undefined && !kept.includes(chosen)) goTo(chosen)
  })
  onScopeDispose(pause)

  return {
    chosenStep,
    isPlaying,
    keptSteps,
    isFollowing,
    isLiveNow,
    shownStep,
    keptStep,
    totalSteps,
    marks,
    goTo,
    follow,
    goToBirth,
    next,
    previous,
    play,
    pause,
    togglePlay,
  }
})
