import { arrangementRules } from './arrangement.ts'
import { blocksRules } from './blocks.ts'
import { controlFlowRules } from './control-flow.ts'
import { convolutionRules } from './convolution.ts'
import { creationRules } from './creation.ts'
import { elementwiseRules } from './elementwise.ts'
import { indexingRules } from './indexing.ts'
import { matrixRules } from './matrix.ts'
import { normalizationRules } from './normalization.ts'
import { poolingRules } from './pooling.ts'
import { reductionRules } from './reduction.ts'
import { reshapingRules } from './reshaping.ts'
import { resizeRules } from './resize.ts'
import type { ShapeRule } from './shape-context.ts'

/** The rule of each ai.onnx operator, by its name. */
export const shapeRules: ReadonlyMap<string, ShapeRule> = new Map(
  [
    elementwiseRules,
    convolutionRules,
    poolingRules,
    matrixRules,
    reshapingRules,
    arrangementRules,
    blocksRules,
    indexingRules,
    reductionRules,
    normalizationRules,
    creationRules,
    resizeRules,
    controlFlowRules,
  ].flatMap((family) => Object.entries(family)),
)
