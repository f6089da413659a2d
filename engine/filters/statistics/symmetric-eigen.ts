/** Eigenvalues in descending order; `vectors` holds the unit eigenvector of each as a row. */
export interface SymmetricEigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/**
 * Eigenvalues, descending, of the symmetric [size, size] matrix, by Householder's reduction to three diagonals and the
 * implicit QL iteration (Golub and Van Loan, Matrix Computations, 8.3). Overwrites `matrix`.
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { diagonal, beside } = reduceToThreeDiagonals(matrix, size)
  iterate(diagonal, beside, size)
  return diagonal.sort().reverse()
}

/** The same with the eigenvectors; about six times as long. Overwrites `matrix`. */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const { diagonal, beside, scales } = reduceToThreeDiagonals(matrix, size)
  const vectors = rotationOfReduction(matrix, scales, size)
  iterate(diagonal, beside, size, vectors)
  const order = Array.from(diagonal.keys()).sort((a, b) => (diagonal[b] as number) - (diagonal[a] as number))
  const sorted = new Float64Array(size * size)
  order.forEach((from, to) => {
    sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size)
  })
  return { values: Float64Array.from(order, (index) => diagonal[index] as number), vectors: sorted }
}

interface ThreeDiagonals {
  readonly diagonal: Float64Array
  /** Entry i stands beside diagonal entries i and i + 1; the last is 0. */
  readonly beside: Float64Array
  /** 2 / |v|² of each reflection, whose v is left in the columns below the diagonal, stored by rows. */
  readonly scales: Float64Array
}

/** Step k reflects the part of row k right of the diagonal onto its first entry; v stays in that row. */
function reduceToThreeDiagonals(a: Float64Array, n: number): ThreeDiagonals {
  const diagonal = new Float64Array(n)
  const beside = new Float64Array(n)
  const scales = new Float64Array(n)
  const p = new Float64Array(n)
  for (let k = 0; k < n - 1; k++) {
    const row = k * n
    diagonal[k] = a[row + k] as number
    const first = a[row + k + 1] as number
    let rest = 0
    for (let j = k + 2; j < n; j++) rest += (a[row + j] as number) ** 2
    if (rest === 0) {
      beside[k] = first
      continue
    }
    const alpha = first > 0 ? -Math.sqrt(first ** 2 + rest) : Math.sqrt(first ** 2 + rest)
    a[row + k + 1] = first - alpha
    beside[k] = alpha
    const scale = 2 / ((first - alpha) ** 2 + rest)
    scales[k] = scale
    reflectBothSides(a, n, k, scale, p)
  }
  if (n > 0) diagonal[n - 1] = a[n * n - 1] as number
  return { diagonal, beside, scales }
}

/** A ← H A H on the block right of and below k, H = 1 − scale · v vᵀ, with v in row k: A − v wᵀ − w vᵀ. */
function reflectBothSides(a: Float64Array, n: number, k: number, scale: number, p: Float64Array): void {
  const row = k * n
  let inner = 0
  p.fill(0, k + 1)
  for (let i = k + 1; i < n; i++) {
    // Only the upper triangle is kept up to date: each entry serves twice.
    const start = i * n
    const vi = a[row + i] as number
    let sum = (a[start + i] as number) * vi
    for (let j = i + 1; j < n; j++) {
      const value = a[start + j] as number
      sum += value * (a[row + j] as number)
      p[j] = (p[j] as number) + value * vi
    }
    p[i] = (p[i] as number) + sum
  }
  for (let i = k + 1; i < n; i++) {
    p[i] = (p[i] as number) * scale
    inner += (p[i] as number) * (a[row + i] as number)
  }
  const half = (scale * inner) / 2
  for (let i = k + 1; i < n; i++) p[i] = (p[i] as number) - half * (a[row + i] as number)
  for (let i = k + 1; i < n; i++) {
    const start = i * n
    const vi = a[row + i] as number
    const wi = p[i] as number
    for (let j = i; j < n; j++) {
      a[start + j] = (a[start + j] as number) - vi * (p[j] as number) - wi * (a[row + j] as number)
    }
  }
}

/** The product of the reflections, transposed: row i is what unit vector i of the three diagonals stands for. */
function rotationOfReduction(a: Float64Array, scales: Float64Array, n: number): Float64Array {
  const rotation = new Float64Array(n * n)
  for (let i = 0; i < n; i++) rotation[i * n + i] = 1
  for (let k = n - 2; k >= 0; k--) {
    const scale = scales[k] as number
    if (scale === 0) continue
    const row = k * n
    for (let i = k + 1; i < n; i++) {
      const start = i * n
      let inner = 0
      for (let j = k + 1; j < n; j++) inner += (rotation[start + j] as number) * (a[row + j] as number)
      inner *= scale
      for (let j = k + 1; j < n; j++) {
        rotation[start + j] = (rotation[start + j] as number) - inner * (a[row + j] as number)
      }
    }
  }
  return rotation
}

/** Implicit QL with Wilkinson's shift: leaves the eigenvalues in `diagonal`, and turns the rows of `vectors` along. */
function iterate(diagonal: Float64Array, beside: Float64Array, n: number, vectors?: Float64Array): void {
  for (let low = 0; low < n; low++) {
    for (let turn = 0; turn < 60; turn++) {
      let high = low
      while (high < n - 1 && !isNegligible(diagonal, beside, high)) high++
      if (high === low) break
      sweep(diagonal, beside, low, high, vectors, n)
    }
  }
}

function isNegligible(diagonal: Float64Array, beside: Float64Array, index: number): boolean {
  const scale = Math.abs(diagonal[index] as number) + Math.abs(diagonal[index + 1] as number)
  return Math.abs(beside[index] as number) <= Number.EPSILON * scale
}

function sweep(
  diagonal: Float64Array,
  beside: Float64Array,
  low: number,
  high: number,
  vectors: Float64Array | undefined,
  n: number,
): void {
  const halfGap = ((diagonal[low + 1] as number) - (diagonal[low] as number)) / (2 * (beside[low] as number))
  const root = Math.hypot(halfGap, 1)
  let g =
    (diagonal[high] as number) -
    (diagonal[low] as number) +
    (beside[low] as number) / (halfGap + (halfGap >= 0 ? root : -root))
  let sine = 1
  let cosine = 1
  let p = 0
  for (let i = high - 1; i >= low; i--) {
    const f = sine * (beside[i] as number)
    const b = cosine * (beside[i] as number)
    const r = Math.sqrt(f * f + g * g)
    beside[i + 1] = r
    if (r === 0) {
      diagonal[i + 1] = (diagonal[i + 1] as number) - p
      beside[high] = 0
      return
    }
    sine = f / r
    cosine = g / r
    g = (diagonal[i + 1] as number) - p
    const t = ((diagonal[i] as number) - g) * sine + 2 * cosine * b
    p = sine * t
    diagonal[i + 1] = g + p
    g = cosine * t - b
    if (vectors !== undefined) rotateRows(vectors, n, i, sine, cosine)
  }
  diagonal[low] = (diagonal[low] as number) - p
  beside[low] = g
  beside[high] = 0
}

function rotateRows(vectors: Float64Array, n: number, i: number, sine: number, cosine: number): void {
  const upper = i * n
  const lower = upper + n
  for (let j = 0; j < n; j++) {
    const x = vectors[upper + j] as number
    const y = vectors[lower + j] as number
    vectors[lower + j] = sine * x + cosine * y
    vectors[upper + j] = cosine * x - sine * y
  }
}
