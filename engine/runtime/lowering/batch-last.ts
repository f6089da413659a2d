import type { GraphBuilder } from '../../onnx/graph-builder.ts'

const toBatchLast = [1, 2, 3, 0]
const toBatchFirst = [3, 0, 1, 2]

/**
 * Images in two orders. Operators along rows run faster on [C,H,W,N]: neighbours in memory are the same pixel of
 * neighbouring samples, so that moving a window means copying long runs. A tensor that a rewrite computed in this order
 * is turned back to [N,C,H,W] only where somebody reads it so.
 */
export class BatchLast {
  readonly #builder: GraphBuilder
  /** Name in the graph, which means [N,C,H,W], to the name of the tensor as [C,H,W,N]. */
  readonly #names = new Map<string, string>()
  /** Those of them that are not there as [N,C,H,W] yet. */
  readonly #onlyLast = new Set<string>()

  constructor(builder: GraphBuilder) {
    this.#builder = builder
  }

  has(tensor: string): boolean {
    return this.#names.has(tensor)
  }

  /** The tensor as [C,H,W,N], turned now where it is not there yet. */
  get(tensor: string): string {
    const known = this.#names.get(tensor)
    if (known !== undefined) return known
    const turned = this.#builder.op('Transpose', [tensor], { perm: toBatchLast }, { name: `${tensor}/batch-last` })
    this.#names.set(tensor, turned)
    return turned
  }

  /** Says that `lastName` holds as [C,H,W,N] what the graph calls `tensor`. */
  define(tensor: string, lastName: string): void {
    this.#names.set(tensor, lastName)
    this.#onlyLast.add(tensor)
  }

  /** Makes sure that these tensors are there as [N,C,H,W]. */
  turnBack(tensors: readonly string[]): void {
    for (const tensor of tensors) {
      if (!this.#onlyLast.delete(tensor)) continue
      const last = this.#names.get(tensor) as string
      this.#builder.op('Transpose', [last], { perm: toBatchFirst }, { name: tensor })
    }
  }

  /** The order `permutation` of the axes N C H W, made from whichever of both is there. */
  turned(tensor: string, permutation: readonly number[]): string {
    const last = this.#names.get(tensor)
    const axes = last === undefined ? permutation : permutation.map((axis) => toBatchFirst[axis] as number)
    const name = `${tensor}/${permutation.map((axis) => 'nchw'[axis]).join('')}`
    return this.#builder.op('Transpose', [last ?? tensor], { perm: axes }, { name })
  }
}
