import { SingleBar } from 'cli-progress'
import { RequestError } from '../host/request-error.ts'

/** What was asked of every layer of a model. */
export interface LayerAnswers<Answer> {
  /** By the name of the layer. */
  readonly answers: ReadonlyMap<string, Answer>
  /** Why layers gave none, by name. */
  readonly refusals: ReadonlyMap<string, string>
}

/** Asks one layer after the other, with a bar that says `what` of them; one that refuses takes nothing from the others. */
export async function askLayers<Answer>(
  names: readonly string[],
  what: string,
  ask: (name: string) => Promise<Answer>,
): Promise<LayerAnswers<Answer>> {
  const bar = new SingleBar({
    format: ` {bar} ${what} of layer {value} of {total} | {eta_formatted} left`,
    clearOnComplete: true,
    noTTYOutput: false,
    stream: process.stderr,
  })
  const answers = new Map<string, Answer>()
  const refusals = new Map<string, string>()
  bar.start(names.length, 0)
  try {
    for (const name of names) {
      try {
        answers.set(name, await ask(name))
      } catch (error) {
        if (!(error instanceof RequestError)) throw error
        refusals.set(name, error.message)
      }
      bar.increment()
    }
  } finally {
    bar.stop()
  }
  return { answers, refusals }
}
