/** Values over training steps, in growing order of step; grows in place and never copies what a reader holds. */
export class PointSeries {
  #steps = new Float64Array(1024)
  #values = new Float32Array(1024)
  #length = 0

  get length(): number {
    return this.#length
  }

  get steps(): Float64Array {
    return this.#steps.subarray(0, this.#length)
  }

  get values(): Float32Array {
    return this.#values.subarray(0, this.#length)
  }

  /** Adds a point; points at this step or later are dropped first, as training went on from an earlier checkpoint. */
  push(step: number, value: number): void {
    while (this.#length > 0 && (this.#steps[this.#length - 1] ?? 0) >= step) this.#length--
    if (this.#length === this.#steps.length) this.#grow()
    this.#steps[this.#length] = step
    this.#values[this.#length] = value
    this.#length++
  }

  last(): { readonly step: number; readonly value: number } | undefined {
    if (this.#length === 0) return undefined
    return { step: this.#steps[this.#length - 1] ?? 0, value: this.#values[this.#length - 1] ?? NaN }
  }

  /** Index of the first point at or after a step; the length where there is none. */
  indexAt(step: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#steps[middle] ?? 0) < step) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The point closest to a step. */
  nearest(step: number): { readonly step: number; readonly value: number } | undefined {
    if (this.#length === 0) return undefined
    const after = Math.min(this.#length - 1, this.indexAt(step))
    const before = Math.max(0, after - 1)
    const distance = (index: number): number => Math.abs((this.#steps[index] ?? 0) - step)
    const index = distance(before) <= distance(after) ? before : after
    return { step: this.#steps[index] ?? 0, value: this.#values[index] ?? NaN }
  }

  #grow(): void {
    const steps = new Float64Array(this.#steps.length * 2)
    const values = new Float32Array(this.#values.length * 2)
    steps.set(this.#steps)
    values.set(this.#values)
    this.#steps = steps
    this.#values = values
  }
}
