import { type LayerLook, type VerdictLook, VERDICT_LETTERS } from '../../engine/protocol/verdicts.ts'

/** The newest of `looks` (oldest first) at or before a step; undefined before the first. */
export function lookAt(looks: readonly VerdictLook[], step: number): VerdictLook | undefined {
  return looks.findLast((look) => look.step <= step)
}

export function layerOf(look: VerdictLook | undefined, layer: string | undefined): LayerLook | undefined {
  return look?.layers.find(({ name }) => name === layer)
}

/** How many of a layer's letters say structured. */
export function structuredCount(filters: string): number {
  return filters.split(VERDICT_LETTERS.structured).length - 1
}

export interface DatedShare {
  readonly step: number
  /** Of the layer's filters that are structured. */
  readonly share: number
}

/** How much of a layer was structured at each look. */
export function structuredShares(looks: readonly VerdictLook[], layer: string): DatedShare[] {
  return looks.flatMap((look) => {
    const filters = layerOf(look, layer)?.filters
    if (filters === undefined || filters.length === 0) return []
    return [{ step: look.step, share: structuredCount(filters) / filters.length }]
  })
}

export interface FilterPlace {
  readonly step: number
  readonly layer: string
  readonly filter: number
}

/** The first filter that was found structured though it was not at its birth, and the look that found it. */
export function firstStructured(looks: readonly VerdictLook[]): FilterPlace | undefined {
  const [birth, ...later] = looks
  for (const { step, layers } of later) {
    for (const { name, filters } of layers) {
      const born = layerOf(birth, name)?.filters
      const filter = [...filters].findIndex(
        (letter, index) => letter === VERDICT_LETTERS.structured && born?.[index] !== VERDICT_LETTERS.structured,
      )
      if (filter >= 0) return { step, layer: name, filter }
    }
  }
  return undefined
}
