import { z } from 'zod'
import type { RunLogEntry, ActivationFrame, RunDescription } from './runs.ts'
import type { LiveFilterFrame } from './live-filters.ts'
import type { VerdictLook } from './verdicts.ts'
import { pictureSchema } from './requests.ts'

const id = z.string().min(1).max(200)
const number = z.number().int().nonnegative()

/**
 * What a window can follow.
 * log: numbered from 0, nothing dropped, replayed from `since` after a reconnect.
 * latest: one frame in flight until it is acknowledged, then the newest; a slow window never slows training.
 */
export const topicSchema = z.discriminatedUnion('kind', [
  /** log: everything that happens in one run. */
  z.object({ kind: z.literal('run'), runId: id }),
  /** log: progress of opening data. */
  z.object({ kind: z.literal('data') }),
  /** latest: the list of runs with their phases. */
  z.object({ kind: z.literal('runs') }),
  /** latest: kernels of a layer of a running run. */
  z.object({ kind: z.literal('filters'), runId: id, layer: id }),
  /** latest: all looks at the filters of a run, at steps ever further apart. */
  z.object({ kind: z.literal('verdicts'), runId: id }),
  /** latest: activation maps of a layer for a picture. */
  z.object({ kind: z.literal('activations'), runId: id, layer: id, picture: pictureSchema }),
  /** latest: how far a request is that was made with this id. */
  z.object({ kind: z.literal('task'), taskId: id }),
])
export type Topic = z.infer<typeof topicSchema>

/** How far something is that takes long. */
export interface DataProgress {
  readonly stage: string
  readonly done: number
  readonly total: number
  /** Per second; 0 while unknown. */
  readonly rate: number
}

export interface TopicValues {
  run: RunLogEntry
  data: DataProgress
  verdicts: readonly VerdictLook[]
  runs: readonly RunDescription[]
  filters: LiveFilterFrame
  activations: ActivationFrame
  task: DataProgress
}

/** Window to host. */
export const clientMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), version: number }),
  z.object({ kind: z.literal('request'), id: number, method: z.string().max(100), parameters: z.unknown() }),
  z.object({ kind: z.literal('subscribe'), id: number, topic: topicSchema, since: number.optional() }),
  z.object({ kind: z.literal('unsubscribe'), id: number }),
  z.object({ kind: z.literal('acknowledge'), id: number, sequence: number }),
])
export type ClientMessage = z.infer<typeof clientMessageSchema>

/** badInput: the person's to mend; notFound; exists: files would be replaced; conflict: not possible in this state; internal: ours. */
export const errorCodeSchema = z.enum([
  'badInput',
  'notFound',
  'exists',
  'conflict',
  'cancelled',
  'internal',
  'versionMismatch',
])
export type ErrorCode = z.infer<typeof errorCodeSchema>

/** Host to window. `value` is typed by the method or topic it belongs to. */
export const hostMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('welcome'), version: number, hostId: z.string() }),
  z.object({ kind: z.literal('result'), id: number, value: z.unknown() }),
  z.object({ kind: z.literal('failure'), id: number, code: errorCodeSchema, message: z.string() }),
  z.object({ kind: z.literal('event'), id: number, sequence: number, value: z.unknown() }),
])
export type HostMessage = z.infer<typeof hostMessageSchema>
