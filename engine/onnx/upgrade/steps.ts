import { affine } from './affine.ts'
import { batchNormalization14 } from './batch-normalization-14.ts'
import { batchNormalization7 } from './batch-normalization-7.ts'
import { batchNormalization9 } from './batch-normalization-9.ts'
import { broadcast7 } from './broadcast-7.ts'
import { clip11 } from './clip-11.ts'
import { crop } from './crop.ts'
import { dropout10 } from './dropout-10.ts'
import { dropout12 } from './dropout-12.ts'
import { dropout7 } from './dropout-7.ts'
import { gemm7 } from './gemm-7.ts'
import { imageScaler } from './image-scaler.ts'
import { gelu20 } from './newer/gelu-20.ts'
import { gridSample20 } from './newer/grid-sample-20.ts'
import { groupNormalization21 } from './newer/group-normalization-21.ts'
import { quantizeLinear21 } from './newer/quantize-linear-21.ts'
import { swish24 } from './newer/swish-24.ts'
import { pad11 } from './pad-11.ts'
import { prelu7 } from './prelu-7.ts'
import { reduce18 } from './reduce-18.ts'
import { reduceSum13 } from './reduce-sum-13.ts'
import { resize11 } from './resize-11.ts'
import { resize13 } from './resize-13.ts'
import { roiAlign16 } from './roi-align-16.ts'
import { scan9 } from './scan-9.ts'
import { scatter11 } from './scatter-11.ts'
import { slice10 } from './slice-10.ts'
import { softmax13 } from './softmax-13.ts'
import { split13 } from './split-13.ts'
import { split18 } from './split-18.ts'
import { squeeze13 } from './squeeze-13.ts'
import { topK10 } from './top-k-10.ts'
import type { UpgradeStep } from './upgrade-step.ts'
import { upsample11 } from './upsample-11.ts'

/** What must be rewritten in a file older than a step's version. */
const olderSteps: readonly UpgradeStep[] = [
  ...[broadcast7, gemm7, prelu7, batchNormalization7, dropout7],
  ...[batchNormalization9, scan9],
  ...[dropout10, slice10, topK10, affine, crop, imageScaler],
  ...[resize11, upsample11, pad11, clip11, scatter11],
  dropout12,
  ...[resize13, squeeze13, reduceSum13, split13, softmax13],
  batchNormalization14,
  roiAlign16,
  ...[reduce18, split18],
]

/** What must be rewritten in a file of a step's version or a later one. */
const newerSteps: readonly UpgradeStep[] = [gelu20, gridSample20, groupNormalization21, quantizeLinear21, swish24]

/** The steps for one operator, oldest first. */
export function stepsToNewer(opType: string): readonly UpgradeStep[] {
  return olderByOperator.get(opType) ?? []
}

/** The step back to the internal operator set, if the operator changed since. */
export function stepBack(opType: string): UpgradeStep | undefined {
  return newerByOperator.get(opType)?.[0]
}

function byOperator(steps: readonly UpgradeStep[]): ReadonlyMap<string, readonly UpgradeStep[]> {
  const map = new Map<string, UpgradeStep[]>()
  for (const step of steps) {
    for (const opType of step.opTypes) map.set(opType, [...(map.get(opType) ?? []), step])
  }
  for (const list of map.values()) list.sort((a, b) => a.version - b.version)
  return map
}

const olderByOperator = byOperator(olderSteps)
const newerByOperator = byOperator(newerSteps)
