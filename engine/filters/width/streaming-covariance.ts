import { symmetricEigenvaluesInTurns } from '../statistics/symmetric-eigen.ts'

/** The covariance of vectors of `size` numbers, one vector at a time (Welford, 1962, for several at once). */
export class StreamingCovariance {
  readonly #size: number
  readonly #mean: Float64Array
  readonly #before: Float64Array
  /** Sums of products of deviations; only the upper triangle is kept up to date. */
  readonly #products: Float64Array
  #count = 0

  constructor(size: number) {
    this.#size = size
    this.#mean = new Float64Array(size)
    this.#before = new Float64Array(size)
    this.#products = new Float64Array(size * size)
  }

  get count(): number {
    return this.#count
  }

  add(vector: ArrayLike<number>): void {
    const [mean, before, products, size] = [this.#mean, this.#before, this.#products, this.#size]
    this.#count++
    for (let index = 0; index < size; index++) {
      before[index] = (vector[index] as number) - (mean[index] as number)
      mean[index] = (mean[index] as number) + (before[index] as number) / this.#count
    }
    for (let row = 0; row < size; row++) {
      const deviation = before[row] as number
      const start = row * size
      for (let column = row; column < size; column++) {
        const other = (vector[column] as number) - (mean[column] as number)
        products[start + column] = (products[start + column] as number) + deviation * other
      }
    }
  }

  /** How many principal components hold `share` of the variance; 0 where nothing varies. Awaits `breathe` now and then. */
  async componentsFor(share: number, breathe: () => Promise<void>): Promise<number> {
    const full = Float64Array.from(this.#products)
    for (let row = 0; row < this.#size; row++) {
      for (let column = 0; column < row; column++) {
        full[row * this.#size + column] = full[column * this.#size + row] as number
      }
    }
    const eigenvalues = await symmetricEigenvaluesInTurns(full, this.#size, breathe)
    const variances = eigenvalues.map((value) => Math.max(0, value))
    const total = variances.reduce((sum, value) => sum + value, 0)
    if (!(total > 0)) return 0
    let sum = 0
    for (const [index, variance] of variances.entries()) {
      sum += variance
      if (sum >= share * total) return index + 1
    }
    return this.#size
  }
}
