import { NodeRefusal } from './node-refusal.ts'

/** 64 MB of float32. */
const mostElements = 2 ** 24

/** Throws NodeRefusal where a gradient would need a constant of so many elements that a file of a few bytes could fill the memory with it. */
export function requireAffordable(elements: number): void {
  if (elements <= mostElements) return
  const count = elements.toLocaleString('en')
  throw new NodeRefusal(
    `needs a constant of ${count} elements for its gradient, which is too large; give it a smaller input.`,
  )
}
