import { z } from 'zod'

/** Main to the engine host. 'window' and 'processPort' bring one port each. */
export type HostCommand =
  /** A line to a window. */
  | { readonly kind: 'window' }
  /** The line to a process the host asked for. */
  | { readonly kind: 'processPort'; readonly processId: number }
  | { readonly kind: 'processExited'; readonly processId: number; readonly code: number }
  /** Write a checkpoint of the run being trained, end, and answer 'closed'. */
  | { readonly kind: 'close' }

/** The engine host to main, which alone can start processes. */
export const hostRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('spawn'), processId: z.number().int(), processKind: z.enum(['trainer', 'inspector']) }),
  z.object({ kind: z.literal('kill'), processId: z.number().int() }),
  z.object({ kind: z.literal('closed') }),
])
export type HostRequest = z.infer<typeof hostRequestSchema>
