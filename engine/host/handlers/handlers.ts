import type { ParsedParameters, RequestMethod, RequestResults } from '../../protocol/requests.ts'

/** Answers one kind of request; throws RequestError with a sentence for the window. */
export type Handler<M extends RequestMethod> = (
  parameters: ParsedParameters<M>,
) => RequestResults[M] | Promise<RequestResults[M]>

export type Handlers = { readonly [M in RequestMethod]: Handler<M> }

/** The handlers of the methods that begin with `Area`. */
export type AreaHandlers<Area extends string> = Pick<Handlers, Extract<RequestMethod, `${Area}.${string}`>>
