import type { CaseInput } from '../../../tests/engine/check-gradient.ts'
import { float32Tensor, int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

const coordinates = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']
const roundings = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']

/** Enlarged by a whole number, enlarged by a fraction, shrunk. */
const targets: readonly CaseInput[][] = [[scales(1, 1, 2, 3)], [scales(1, 1, 1.5, 2.6)], [scales(1, 1, 0.6, 0.5)]]
const forms = ['whole scales', 'broken scales', 'shrinking scales']

const linear = coordinates.flatMap((mode) =>
  targets.map((target, index) => ({
    title: `linear, ${mode}, ${forms[index] ?? ''}`,
    inputs: [{ dims: [2, 2, 5, 4] }, undefined, ...target],
    attributes: { mode: 'linear', coordinate_transformation_mode: mode },
    smoothness: 'linear' as const,
    symbolicBatch: true,
  })),
)
const nearest = coordinates.flatMap((mode) =>
  roundings.flatMap((rounding) =>
    targets.map((target, index) => ({
      title: `nearest, ${mode}, ${rounding}, ${forms[index] ?? ''}`,
      inputs: [{ dims: [2, 2, 5, 4] }, undefined, ...target],
      attributes: { mode: 'nearest', coordinate_transformation_mode: mode, nearest_mode: rounding },
      smoothness: 'linear' as const,
    })),
  ),
)

testGradients('Resize', [
  ...linear,
  ...nearest,
  {
    title: 'to sizes along some axes',
    inputs: [{ dims: [2, 3, 5, 4] }, undefined, undefined, ints(7, 9)],
    attributes: { mode: 'linear', axes: [2, 3] },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'to sizes that keep the aspect ratio',
    inputs: [{ dims: [1, 2, 5, 4] }, undefined, undefined, ints(7, 9)],
    attributes: { mode: 'nearest', axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' },
    smoothness: 'linear',
  },
  {
    title: 'the first axis too',
    inputs: [{ dims: [3, 4] }, undefined, scales(2, 1.5)],
    attributes: { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' },
    smoothness: 'linear',
  },
  {
    title: 'volumes',
    inputs: [{ dims: [1, 2, 3, 2, 3] }, undefined, scales(1, 1, 2, 2, 2)],
    attributes: { mode: 'nearest' },
    smoothness: 'linear',
  },
])

function scales(...values: number[]): CaseInput {
  return { constant: float32Tensor([values.length], Float32Array.from(values)) }
}

function ints(...values: number[]): CaseInput {
  return { constant: int64Tensor([values.length], values) }
}
