import { userCacheFolder } from '../cache/user-cache-folder.ts'
import { DataError, OpeningCancelledError } from '../datasets/dataset.ts'
import { ExportCancelledError, ExportError, FilesExistError } from '../exports/export-error.ts'
import { FineTuningError } from '../fine-tuning/fine-tuning-error.ts'
import { ModelError } from '../onnx/model-error.ts'
import { connectToParent } from '../process/parent-port.ts'
import type { InspectorCommand, InspectorEvent } from '../protocol/inspector.ts'
import { RunError } from '../runs/run-error.ts'
import { RuntimeError } from '../runtime/runtime-error.ts'
import { InspectionError, type InspectionErrorCode } from './inspection-error.ts'
import { Inspector } from './inspector.ts'

/** The process that opens data and looks into networks, so that neither can take the host with it. */
const port = connectToParent<InspectorCommand, InspectorEvent>()
const inspector = new Inspector(
  (progress) => port.post({ kind: 'progress', progress }),
  userCacheFolder('nulls'),
  userCacheFolder('speed'),
)

/** Calls under way, by their id. */
const controllers = new Map<number, AbortController>()

port.onMessage((command) => {
  if (command.kind === 'cancelOpening') inspector.cancelOpening()
  else if (command.kind === 'cancel') controllers.get(command.id)?.abort()
  else void answer(command)
})

async function answer({ id, method, parameters }: Extract<InspectorCommand, { kind: 'call' }>): Promise<void> {
  const controller = new AbortController()
  controllers.set(id, controller)
  try {
    // The host has checked the parameters of every method where they entered.
    const value = await inspector.answer(method, parameters as never, {
      onProgress: (progress) => port.post({ kind: 'progress', id, progress }),
      signal: controller.signal,
    })
    port.post({ kind: 'result', id, value })
  } catch (error) {
    const code = codeOf(error)
    if (code === 'internal') console.error(error)
    port.post({ kind: 'failure', id, code, message: error instanceof Error ? error.message : String(error) })
  } finally {
    controllers.delete(id)
  }
}

/** What is wrong with what the person gave. */
const badInput = [DataError, ModelError, FineTuningError, ExportError, RuntimeError] as const

function codeOf(error: unknown): InspectionErrorCode {
  if (error instanceof OpeningCancelledError || error instanceof ExportCancelledError) return 'cancelled'
  if (error instanceof FilesExistError) return 'exists'
  if (badInput.some((kind) => error instanceof kind)) return 'badInput'
  if (error instanceof RunError) return 'notFound'
  if (error instanceof InspectionError) return error.code
  return 'internal'
}
