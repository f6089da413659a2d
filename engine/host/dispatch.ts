import { requestSchemas, type RequestMethod } from '../protocol/requests.ts'
import type { Handler, Handlers } from './handlers/handlers.ts'
import { invalidSentence, RequestError } from './request-error.ts'

/** Checks a request and hands it to its handler. Rejects with RequestError for what is not a valid request. */
export async function dispatch(handlers: Handlers, method: string, parameters: unknown): Promise<unknown> {
  if (!isMethod(method)) throw new RequestError('badInput', `The engine knows no request "${method.slice(0, 100)}".`)
  const parsed = requestSchemas[method].safeParse(parameters)
  if (!parsed.success) throw new RequestError('badInput', invalidSentence(`The request "${method}"`, parsed.error))
  const handler: Handler<typeof method> = handlers[method]
  return handler(parsed.data)
}

function isMethod(method: string): method is RequestMethod {
  return Object.hasOwn(requestSchemas, method)
}
