import type { Client, ConnectionState } from '../../engine/protocol/client.ts'
import type { Topic, TopicValues } from '../../engine/protocol/messages.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import type { RequestMethod, RequestParameters, RequestResults } from '../../engine/protocol/requests.ts'

/** How each request is answered; a request that is not named is never answered, so its panel stays loading. */
export type FixtureAnswers = {
  readonly [M in RequestMethod]?: (parameters: RequestParameters<M>) => RequestResults[M]
}

/** What each topic brings as soon as it is followed; an error ends the subscription. */
export type FixtureTopics = {
  readonly [K in Topic['kind']]?: (topic: Extract<Topic, { kind: K }>) => readonly TopicValues[K][] | ProtocolError
}

/** A client without an engine, for looking at panels in every state they can be in. */
export function fixtureClient(
  answers: FixtureAnswers,
  topics: FixtureTopics = {},
  state: ConnectionState = { kind: 'open', hostId: 'gallery' },
): Client {
  return {
    state,
    onState: () => () => undefined,
    request: <M extends RequestMethod>(method: M, parameters: RequestParameters<M>) =>
      new Promise<RequestResults[M]>((resolve, reject) => {
        const answer = answers[method]
        if (!answer) return
        try {
          resolve(answer(parameters))
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }),
    subscribe: (topic, options, listener) => {
      const values = topics[topic.kind]?.(topic) ?? []
      // As over a real connection, nothing comes before the caller has what it asked for.
      queueMicrotask(() => {
        if (values instanceof ProtocolError) options.onFailure?.(values)
        else values.forEach((value, sequence) => void listener(value, sequence))
      })
      return () => undefined
    },
    close: () => undefined,
  }
}

/** A refusal as the engine would send it. */
export function refusal(message: string): ProtocolError {
  return new ProtocolError('badInput', message)
}
