/** Rows of numbers in row-major order; float32 where float64 would cost too much memory. */
export type Values = Float32Array | Float64Array

/** Σ a · b over `length` values from each offset; four sums at a time, so that no addition waits for the one before. */
export function innerProduct(a: Values, aOffset: number, b: Values, bOffset: number, length: number): number {
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  let k = 0
  for (; k + 3 < length; k += 4) {
    first += (a[aOffset + k] as number) * (b[bOffset + k] as number)
    second += (a[aOffset + k + 1] as number) * (b[bOffset + k + 1] as number)
    third += (a[aOffset + k + 2] as number) * (b[bOffset + k + 2] as number)
    fourth += (a[aOffset + k + 3] as number) * (b[bOffset + k + 3] as number)
  }
  for (; k < length; k++) first += (a[aOffset + k] as number) * (b[bOffset + k] as number)
  return first + second + third + fourth
}

/**
 * All inner products [count, count] of `count` rows of `length` values. The one large product of a verdict, handed in by
 * whoever has a fast way to compute it.
 */
export type RowProducts = (rows: Values, count: number, length: number) => Promise<Values>

/** The same in plain code, for small layers. */
export function plainRowProducts(rows: Values, count: number, length: number): Float64Array {
  const products = new Float64Array(count * count)
  // Of one kind of array everywhere, so that it is compiled for that one.
  const doubles = rows instanceof Float64Array ? rows : new Float64Array(rows)
  for (let i = 0; i < count; i++) {
    for (let j = i; j < count; j++) {
      const value = innerProduct(doubles, i * length, doubles, j * length, length)
      products[i * count + j] = value
      products[j * count + i] = value
    }
  }
  return products
}

/** Σ x xᵀ over the rows: the upper triangle of [columns, columns], which is all that eigenvalues are read from. */
export function columnProducts(x: Float64Array, rows: number, columns: number): Float64Array {
  const product = new Float64Array(columns * columns)
  for (let k = 0; k < rows; k++) {
    const row = k * columns
    for (let i = 0; i < columns; i++) {
      const value = x[row + i] as number
      for (let j = i; j < columns; j++) {
        product[i * columns + j] = (product[i * columns + j] as number) + value * (x[row + j] as number)
      }
    }
  }
  return product
}

/** [rows, columns] as [columns, rows]; eight rows at a time, so that what is written lies together. */
export function transposed(x: Values, rows: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns)
  for (let top = 0; top < rows; top += 8) {
    const bottom = Math.min(rows, top + 8)
    for (let k = 0; k < columns; k++) {
      for (let row = top; row < bottom; row++) result[k * rows + row] = x[row * columns + k] as number
    }
  }
  return result
}
