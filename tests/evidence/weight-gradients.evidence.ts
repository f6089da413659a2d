import { existsSync } from 'node:fs'
import { describe, it } from 'vitest'
import { type ModelCase, checkWeightGradients, modelFolder } from '../engine/model-gradients.ts'

const models: readonly ModelCase[] = [
  { file: 'light_resnet50.onnx' },
  // Local response normalisation.
  { file: 'light_inception_v1.onnx', share: 0.1 },
]

describe.skipIf(!existsSync(modelFolder))(
  'the gradients by every weight of large models are how their scores change (needs ../shared/data/models)',
  () => {
    it.each(models)('$file', checkWeightGradients)
  },
)
