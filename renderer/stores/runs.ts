import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { RunDescription } from '../../engine/protocol/runs.ts'
import type { RunSettingsInput } from '../../engine/protocol/settings.ts'
import { useConnectionStore } from './connection.ts'

/** Every run of the runs folder, newest first, as it stands now, and what can be done with them. */
export const useRunsStore = defineStore('runs', () => {
  const connection = useConnectionStore()
  const runs = shallowRef<readonly RunDescription[]>()
  const error = shallowRef<string>()
  let stopFollowing: (() => void) | undefined

  /** The run that is being trained or waits paused; one at a time. */
  const active = computed(() => runs.value?.find((run) => isActive(run)))

  function isActive(run: RunDescription): boolean {
    return run.phase === 'running' || run.phase === 'paused' || run.phase === 'preparing'
  }

  function accept(next: readonly RunDescription[]): void {
    runs.value = next.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    error.value = undefined
  }

  function follow(): void {
    stopFollowing?.()
    error.value = undefined
    stopFollowing = connection.client().subscribe(
      { kind: 'runs' },
      {
        onFailure: (failure) => {
          stopFollowing = undefined
          error.value = failure.message
        },
      },
      accept,
    )
  }

  /** Starts a run and answers its id. */
  async function start(settings: RunSettingsInput): Promise<string> {
    return (await connection.client().request('runs.start', { settings })).runId
  }

  /** Goes on from the last checkpoint of an ended run and answers the id it then has. */
  async function goOn(runId: string): Promise<string> {
    return (await connection.client().request('runs.continue', { runId })).runId
  }

  /** Pauses, resumes, steps or stops a run; throws the engine's sentence. */
  async function command(
    method: 'runs.pause' | 'runs.resume' | 'runs.step' | 'runs.stop',
    runId: string,
  ): Promise<void> {
    await connection.client().request(method, { runId })
  }

  watch(
    () => connection.hostId,
    (hostId) => hostId !== undefined && !stopFollowing && follow(),
    { immediate: true },
  )

  return { runs, error, active, follow, start, goOn, command }
})
