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

/** Multiply-adds between two breaths: some hundredths of a second. */
const WORK_BETWEEN_BREATHS = 2 ** 24

/** The same, with `breathe` awaited again and again: for large matrices, during which others want their turn. */
export async function symmetricEigenvaluesInTurns(
  matrix: Float64Array,
  size: number,
  breathe: () => Promise<void>,
): Promise<Float64Array> {
  const reduction = beginReduction(size, makeWorkspace(size))
  let work = 0
  for (let k = 0; k < size; k++) {
    reduceRow(matrix, size, k, reduction)
    work += (size - k) ** 2
    if (work < WORK_BETWEEN_BREATHS) continue
    work = 0
    await breathe()
  }
  iterate(reduction.diagonal, reduction.beside, size)
  return reduction.diagonal.sort().reverse()
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

interface Reduction extends ThreeDiagonals {
  workspace: Workspace
}

function beginReduction(n: number, workspace: Workspace): Reduction {
  workspace[0].fill(0)
  workspace[1].fill(0)
  return { diagonal: new Float64Array(n), beside: new Float64Array(n), scales: new Float64Array(n), workspace }
}

function reduceToThreeDiagonals(a: Float64Array, n: number): ThreeDiagonals {
  const reduction = beginReduction(n, workspaceOf(n))
  for (let k = 0; k < n; k++) reduceRow(a, n, k, reduction)
  return reduction
}

/**
 * Step k reflects the part of row k right of the diagonal onto its first entry; v stays in that row. The block right of and
 * below k becomes H A H = A − v wᵀ − w vᵀ; that difference waits for the pass of the next step, so that the matrix is read
 * once a step. Only the upper triangle is kept up to date.
 */
function reduceRow(a: Float64Array, n: number, k: number, reduction: Reduction): void {
  const { diagonal, beside, scales } = reduction
  const [v, w, nextV, nextW] = reduction.workspace
  const row = k * n
  for (let j = k; j < n; j++) a[row + j] = difference(a[row + j] as number, v, w, k, j)
  diagonal[k] = a[row + k] as number
  if (k === n - 1) return
  const scale = chooseReflection(a, n, k, beside)
  scales[k] = scale
  nextV.fill(0)
  if (scale !== 0) for (let j = k + 1; j < n; j++) nextV[j] = a[row + j] as number
  subtractAndMultiply(a, n, k + 1, v, w, nextV, nextW)
  finishW(nextV, nextW, k + 1, scale)
  reduction.workspace = [nextV, nextW, v, w]
}

type Workspace = readonly [Float64Array, Float64Array, Float64Array, Float64Array]

const workspaces = new Map<number, Workspace>()

/** Four vectors: a layer has hundreds of small matrices of one size, and what uses these waits for nothing. */
function workspaceOf(n: number): Workspace {
  const known = workspaces.get(n)
  if (known !== undefined) return known
  const made = makeWorkspace(n)
  // Large ones are rare, and are not kept.
  if (n <= 256) workspaces.set(n, made)
  return made
}

function makeWorkspace(n: number): Workspace {
  return [new Float64Array(n), new Float64Array(n), new Float64Array(n), new Float64Array(n)]
}

function difference(value: number, v: Float64Array, w: Float64Array, i: number, j: number): number {
  return value - (v[i] as number) * (w[j] as number) - (w[i] as number) * (v[j] as number)
}

/** Leaves v in row k and what is beside the diagonal in `beside`; gives 2 / |v|², or 0 where nothing is to be reflected. */
function chooseReflection(a: Float64Array, n: number, k: number, beside: Float64Array): number {
  const row = k * n
  const first = a[row + k + 1] as number
  let rest = 0
  for (let j = k + 2; j < n; j++) rest += (a[row + j] as number) ** 2
  beside[k] = first
  if (rest === 0) return 0
  const alpha = first > 0 ? -Math.sqrt(first ** 2 + rest) : Math.sqrt(first ** 2 + rest)
  a[row + k + 1] = first - alpha
  beside[k] = alpha
  return 2 / ((first - alpha) ** 2 + rest)
}

/** A ← A − v wᵀ − w vᵀ from row `from` on, and `product` = A · x of the result; two rows at a time. */
function subtractAndMultiply(
  a: Float64Array,
  n: number,
  from: number,
  v: Float64Array,
  w: Float64Array,
  x: Float64Array,
  product: Float64Array,
): void {
  product.fill(0)
  let i = from
  for (; i + 1 < n; i += 2) {
    const row = i * n
    const below = row + n
    const v0 = v[i] as number
    const v1 = v[i + 1] as number
    const w0 = w[i] as number
    const w1 = w[i + 1] as number
    const x0 = x[i] as number
    const x1 = x[i + 1] as number
    const corner = (a[row + i] as number) - 2 * v0 * w0
    const side = (a[row + i + 1] as number) - v0 * w1 - w0 * v1
    const next = (a[below + i + 1] as number) - 2 * v1 * w1
    a[row + i] = corner
    a[row + i + 1] = side
    a[below + i + 1] = next
    let sum0 = corner * x0 + side * x1
    let sum1 = side * x0 + next * x1
    for (let j = i + 2; j < n; j++) {
      const vj = v[j] as number
      const wj = w[j] as number
      const xj = x[j] as number
      const first = (a[row + j] as number) - v0 * wj - w0 * vj
      const second = (a[below + j] as number) - v1 * wj - w1 * vj
      a[row + j] = first
      a[below + j] = second
      sum0 += first * xj
      sum1 += second * xj
      product[j] = (product[j] as number) + first * x0 + second * x1
    }
    product[i] = (product[i] as number) + sum0
    product[i + 1] = (product[i + 1] as number) + sum1
  }
  if (i >= n) return
  const last = difference(a[i * n + i] as number, v, w, i, i)
  a[i * n + i] = last
  product[i] = (product[i] as number) + last * (x[i] as number)
}

/** w = scale · A v − (scale² / 2) (vᵀ A v) v, from the product A v, in place. */
function finishW(v: Float64Array, w: Float64Array, from: number, scale: number): void {
  let inner = 0
  for (let i = from; i < w.length; i++) {
    w[i] = (w[i] as number) * scale
    inner += (w[i] as number) * (v[i] as number)
  }
  const half = (scale * inner) / 2
  for (let i = from; i < w.length; i++) w[i] = (w[i] as number) - half * (v[i] as number)
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
