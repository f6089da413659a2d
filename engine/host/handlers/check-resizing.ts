import { RequestError } from '../request-error.ts'

interface ResizingWish {
  readonly layer: string
  /** How many it has. */
  readonly filters: number
  readonly kept: readonly number[]
  readonly added: number
}

/** Throws RequestError, with a sentence, where those are no filters that a layer can have next. */
export function checkResizing({ layer, filters, kept, added }: ResizingWish): void {
  const wrong = kept.find((filter, at) => filter >= filters || filter <= (kept[at - 1] ?? -1))
  if (wrong !== undefined) {
    const sentence = `Filter ${wrong} cannot be kept: "${layer}" has the filters 0 to ${filters - 1}, and those to keep are named once each, ascending.`
    throw new RequestError('badInput', sentence)
  }
  if (kept.length + added === 0) {
    throw new RequestError('badInput', `"${layer}" cannot be left without filters; keep or add at least one.`)
  }
  if (kept.length === filters && added === 0) {
    const sentence = `"${layer}" has these ${filters} filters already; keep fewer of them, or add some.`
    throw new RequestError('badInput', sentence)
  }
}
