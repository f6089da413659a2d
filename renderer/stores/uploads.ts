import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { DroppedFile } from '../platform/dropped-files.ts'
import { UploadCancelled, uploadFiles, type UploadProgress } from '../platform/upload.ts'
import type { UploadReply } from '../../engine/protocol/upload.ts'

/** Dropped files on their way to the engine's machine; one drop at a time. */
export const useUploadsStore = defineStore('uploads', () => {
  const progress = shallowRef<UploadProgress>()
  let controller: AbortController | undefined

  /** Sends the files; undefined where the person stopped it. Throws a sentence where one could not be sent. */
  async function send(files: readonly DroppedFile[]): Promise<UploadReply | undefined> {
    controller?.abort()
    const current = (controller = new AbortController())
    progress.value = { doneBytes: 0, totalBytes: 0, bytesPerSecond: 0 }
    try {
      return await uploadFiles(files, current.signal, (next) => {
        if (controller === current) progress.value = next
      })
    } catch (error) {
      if (error instanceof UploadCancelled) return undefined
      // The files still waiting need not be sent any more.
      current.abort()
      throw error
    } finally {
      if (controller === current) progress.value = undefined
    }
  }

  function cancel(): void {
    controller?.abort()
  }

  return { progress, send, cancel }
})
