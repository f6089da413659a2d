import { float32Tensor } from '../../onnx/graph.ts'
import type { Site } from './site.ts'

/** Up to here the product with so small a unit matrix costs less than moving elements one by one. */
const largestUnit = 32

/**
 * Matrices [..., rows, columns] as [..., columns, rows]. Where one side is short, Transpose gathers from addresses that
 * share their place in the cache (0.3 to 3 ms for 2 MB, as it happens): the product with a unit matrix, whose operands
 * the runtime turns while it packs them, takes 0.3 ms always. Such a product makes a row that holds one NaN or infinity
 * NaN as a whole, so it is for the gradients of kernels alone: these add up all samples and places anyway, and no map
 * or gradient of a picture is computed from them.
 */
export function emitTransposed(matrices: string, rows: number, columns: number, rank: 2 | 3, site: Site): string {
  const perm = rank === 2 ? [1, 0] : [0, 2, 1]
  const turned = site.op('Transpose', [matrices], { perm })
  if (Math.min(rows, columns) > largestUnit) return turned
  return rows <= columns
    ? site.op('MatMul', [turned, unitMatrix(rows, site)])
    : site.op('MatMul', [unitMatrix(columns, site), turned])
}

function unitMatrix(size: number, site: Site): string {
  return site.shared(`unit matrix of ${size}`, () => {
    const values = Float32Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0))
    return site.tensor(`unit-${size}`, float32Tensor([size, size], values))
  })
}
