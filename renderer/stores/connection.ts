import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Client, ConnectionState } from '../../engine/protocol/client.ts'
import type { AppInfo } from '../../engine/protocol/requests.ts'
import type { DeviceReport } from '../../engine/protocol/runs.ts'

/** The line to the engine, what the engine says of itself, and the devices it found. */
export const useConnectionStore = defineStore('connection', () => {
  let attached: Client | undefined
  const state = shallowRef<ConnectionState>({ kind: 'connecting' })
  const hostId = shallowRef<string>()
  const info = shallowRef<AppInfo>()
  const devices = shallowRef<readonly DeviceReport[]>()
  const devicesError = shallowRef<string>()

  /** The client every store asks; throws where none has been attached, which is a fault of the window's start. */
  function client(): Client {
    if (!attached) throw new Error('The window asked the engine before it was connected.')
    return attached
  }

  /** Gives the window its line to the engine, once, before anything is mounted. */
  function attach(next: Client): void {
    attached = next
    next.onState(follow)
    follow(next.state)
  }

  function follow(next: ConnectionState): void {
    state.value = next
    if (next.kind !== 'open') return
    hostId.value = next.hostId
    void loadInfo()
    void loadDevices()
  }

  async function loadInfo(): Promise<void> {
    try {
      info.value = await client().request('app.info', {})
    } catch {
      // The connection broke again: its state says so, and the next 'open' asks again.
    }
  }

  async function loadDevices(): Promise<void> {
    devicesError.value = undefined
    try {
      devices.value = await client().request('devices.list', {})
    } catch (error) {
      devicesError.value = (error as Error).message
    }
  }

  async function setRunsFolder(path: string): Promise<void> {
    info.value = await client().request('app.setRunsFolder', { path })
  }

  const isOpen = computed(() => state.value.kind === 'open')
  const isServed = computed(() => info.value?.mode === 'served')

  return { state, hostId, info, devices, devicesError, isOpen, isServed, client, attach, loadDevices, setRunsFolder }
})
