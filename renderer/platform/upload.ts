import { text } from '../i18n/text.ts'
import { uploadAddress, type UploadReply } from '../../engine/protocol/upload.ts'
import type { DroppedFile } from './dropped-files.ts'

export interface UploadProgress {
  readonly doneBytes: number
  readonly totalBytes: number
  readonly bytesPerSecond: number
}

/** The person stopped an upload. */
export class UploadCancelled extends Error {
  override readonly name = 'UploadCancelled'
}

const parallelUploads = 4

/**
 * Sends dropped files to the engine's machine and answers where they are now.
 * `fetch` tells nothing of an upload's progress, hence XMLHttpRequest. Throws the server's sentence, or UploadCancelled.
 */
export async function uploadFiles(
  files: readonly DroppedFile[],
  signal: AbortSignal,
  onProgress: (progress: UploadProgress) => void,
): Promise<UploadReply> {
  // Not randomUUID: a page served over plain HTTP to another machine does not have it.
  const drop = crypto.getRandomValues(new Uint32Array(4)).join('-')
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0)
  const started = performance.now()
  const sent = new Map<DroppedFile, number>()
  const report = (): void => {
    const doneBytes = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0)
    const seconds = (performance.now() - started) / 1000
    onProgress({ doneBytes, totalBytes, bytesPerSecond: seconds > 0 ? doneBytes / seconds : 0 })
  }

  const waiting = [...files]
  let reply: UploadReply | undefined
  const sendNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const current = next
      reply = await uploadFile(drop, current, signal, (bytes) => {
        sent.set(current, bytes)
        report()
      })
    }
  }
  await Promise.all(Array.from({ length: parallelUploads }, sendNext))
  if (!reply) throw new Error(text('shell.upload.empty'))
  return reply
}

function uploadFile(
  drop: string,
  { name, file }: DroppedFile,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
): Promise<UploadReply> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new UploadCancelled())
      return
    }
    const request = new XMLHttpRequest()
    const onAbort = (): void => request.abort()
    signal.addEventListener('abort', onAbort)
    request.upload.onprogress = ({ loaded }) => onSent(loaded)
    request.onabort = () => reject(new UploadCancelled())
    request.onerror = () => reject(new Error(text('shell.upload.noAnswer', { name })))
    request.onload = () => {
      onSent(file.size)
      if (request.status === 200) resolve(JSON.parse(request.responseText) as UploadReply)
      else reject(new Error(request.responseText || text('shell.upload.refused', { name, status: request.status })))
    }
    request.onloadend = () => signal.removeEventListener('abort', onAbort)
    request.open('POST', uploadAddress(drop, name))
    request.send(file)
  })
}
