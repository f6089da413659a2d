import { type Node, intAttribute, intsAttribute } from '../../onnx/graph.ts'
import { fewestSamples } from './conv-batch-last.ts'
import { gradientsBehind, matchMaxPoolGradient } from './max-pool-gradient.ts'
import type { Rewrite } from './rewrite.ts'
import type { Site } from './site.ts'
import { isPair, windowOf } from './window-node.ts'

const float32Code = 1

/** A pool whose windows tile the image: sizes in elements, [vertical, horizontal]. */
interface Tiling {
  readonly samples: number
  readonly channels: number
  readonly kernel: readonly [number, number]
  readonly outputSize: readonly [number, number]
  readonly inputSize: readonly [number, number]
}

/** The parts a window is compared by: the columns of each tile, then the rows of what is left. */
interface Parts {
  /** kW tensors [C·rows·tiles, 1, N]; element i of each tile row. */
  readonly columns: readonly string[]
  /** Their maximum, in the same shape. */
  readonly widest: string
  /** kH tensors [C·tiles, 1, tiles·N]. */
  readonly rows: readonly string[]
  /** Their maximum: the pool's result. */
  readonly highest: string
}

/**
 * A MaxPool whose windows tile the image as the maximum of strided slices, which in the order [C,H,W,N] are copies of
 * long runs. Only where a gradient follows: it compares the same slices, see `maxPoolGradientBatchLast`.
 */
export const maxPoolBatchLast: Rewrite = {
  apply(node, site) {
    if (node.opType !== 'MaxPool' || node.domain !== '' || node.outputs.length < 2) return false
    const tiling = tilingOf(node, site)
    if (tiling === undefined || gradientsBehind(node, site) === undefined) return false
    const { channels, outputSize, samples } = tiling
    const { highest } = partsOf(node, tiling, site)
    return site.replaceByBatchLast(site.op('Reshape', [highest, site.ints([channels, ...outputSize, samples])]))
  },
}

/**
 * The gradient of such a pool: in each row of a window the first column that reaches the row's maximum, and of the
 * rows the first that reaches the window's: the first of tied maxima in row-major order, as the rule has it.
 */
export const maxPoolGradientBatchLast: Rewrite = {
  apply(node, site) {
    const match = matchMaxPoolGradient(node, site)
    const tiling = match && tilingOf(match.pool, site)
    if (match === undefined || tiling === undefined || gradientsBehind(match.pool, site) === undefined) return false
    const { samples, channels, kernel, outputSize, inputSize } = tiling
    const { columns, widest, rows, highest } = partsOf(match.pool, tiling, site)
    const [tileRows, tileColumns] = outputSize
    const gradient = site.op('Reshape', [
      site.batchLast(match.dY),
      site.ints([channels * tileRows, 1, tileColumns * samples]),
    ])
    const toRows = dealOut(gradient, rows, highest, site)
    const byRow = site.op('Reshape', [toRows, site.ints([channels * tileRows * kernel[0] * tileColumns, 1, samples])])
    const toColumns = dealOut(byRow, columns, widest, site)
    const covered = [tileRows * kernel[0], tileColumns * kernel[1]] as const
    const image = site.op('Reshape', [toColumns, site.ints([channels, ...covered, samples])])
    const rest = [inputSize[0] - covered[0], inputSize[1] - covered[1]] as const
    return site.replaceByBatchLast(
      isPair(rest, 0) ? image : site.op('Pad', [image, site.ints([0, 0, 0, 0, 0, ...rest, 0])]),
    )
  },
}

/** Gives `gradient` to the first of `parts` that equals `maximum`, and joins the shares along axis 1. */
function dealOut(gradient: string, parts: readonly string[], maximum: string, site: Site): string {
  const shares: string[] = []
  let left = gradient
  for (const part of parts.slice(0, -1)) {
    const share = site.op('Mul', [left, site.op('Cast', [site.op('Equal', [part, maximum])], { to: float32Code })])
    shares.push(share)
    left = site.op('Sub', [left, share])
  }
  return site.op('Concat', [...shares, left], { axis: 1 })
}

function partsOf(pool: Node, tiling: Tiling, site: Site): Parts {
  return site.shared(`parts of ${pool.outputs[0]}`, () => {
    const { samples, channels, kernel, outputSize, inputSize } = tiling
    const [tileRows, tileColumns] = outputSize
    const covered = [tileRows * kernel[0], tileColumns * kernel[1]] as const
    const image = site.batchLast(pool.inputs[0] as string)
    const isWhole = covered.join() === inputSize.join()
    const cut = isWhole
      ? image
      : site.op('Slice', [image, site.ints([0, 0]), site.ints([...covered]), site.ints([1, 2])])
    const byColumn = site.op('Reshape', [cut, site.ints([channels * covered[0] * tileColumns, kernel[1], samples])])
    const columns = slices(byColumn, kernel[1], site)
    const widest = site.op('Max', columns)
    const byRow = site.op('Reshape', [widest, site.ints([channels * tileRows, kernel[0], tileColumns * samples])])
    const rows = slices(byRow, kernel[0], site)
    return { columns, widest, rows, highest: site.op('Max', rows) }
  })
}

/** The `count` slices of one element along axis 1. */
function slices(tensor: string, count: number, site: Site): string[] {
  return Array.from({ length: count }, (_, index) =>
    site.op('Slice', [tensor, site.ints([index]), site.ints([index + 1]), site.ints([1])]),
  )
}

function tilingOf(pool: Node, site: Site): Tiling | undefined {
  const slide = windowOf(pool)
  const kernel = intsAttribute(pool, 'kernel_shape') ?? []
  const input = site.knownDims(pool.inputs[0] as string)
  const output = site.knownDims(pool.outputs[0] as string)
  if (slide === undefined || kernel.length !== 2 || input?.length !== 4 || output?.length !== 4) return undefined
  const [samples, channels, ...inputSize] = input as [number, number, number, number]
  const isTiling = kernel.every((size, axis) => size === slide.stride[axis])
  const isPlain = isPair(slide.dilation, 1) && isPair(slide.padBegin, 0) && isPair(slide.padEnd, 0)
  if (!isTiling || !isPlain || intAttribute(pool, 'ceil_mode', 0) !== 0 || samples < fewestSamples) return undefined
  return {
    samples,
    channels,
    kernel: kernel as unknown as readonly [number, number],
    outputSize: output.slice(2) as unknown as readonly [number, number],
    inputSize,
  }
}
