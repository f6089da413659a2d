import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LayerWeights } from '../../../engine/filters/measures/layer-weights.ts'
import { describeModel } from '../../../engine/models/describe-model.ts'
import { readModelFile } from '../../../engine/models/model-file.ts'
import type { ModelLayer } from '../../../engine/protocol/models.ts'
import { randomStream } from '../../../engine/random/stream.ts'

const folder = resolve(import.meta.dirname, '../../../../shared/data/models')

export interface NamedWeights {
  /** 'resnet20_onnc layer1.0.conv1' */
  readonly name: string
  readonly model: string
  readonly layer: ModelLayer
  readonly weights: LayerWeights
}

export const hasModels = existsSync(folder)

/** The layers of every trained model of the collection; those called light_ hold constants for weights. */
export function* trainedLayers(): Generator<NamedWeights> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.onnx') && !name.startsWith('light_'))
  for (const file of files) {
    const model = describeModel(readModelFile(join(folder, file)))
    for (const layer of model.summary.layers) {
      const kernels = model.kernels(layer.name)
      if (kernels === undefined || layer.sharedWith !== undefined) continue
      const gains = model.gains(layer.name)
      const weights = { shape: kernels.dims, values: kernels.data, ...(gains !== undefined && { gains }) }
      const title = file.replace('.onnx', '')
      yield { name: `${title} ${layer.name}`, model: title, layer, weights }
    }
  }
}

/** The weights of every slice in another order: what is left of a trained layer when its spatial structure is gone. */
export function shuffledWithinSlices(
  { shape, values }: LayerWeights,
  ...key: readonly (string | number)[]
): LayerWeights {
  const stream = randomStream('shuffled', ...shape, ...key)
  const area = shape[2] * shape[3]
  const result = Float32Array.from(values)
  for (let start = 0; start < result.length; start += area) {
    for (let last = area - 1; last > 0; last--) {
      const other = stream.integer(last + 1)
      const moved = result[start + last]!
      result[start + last] = result[start + other]!
      result[start + other] = moved
    }
  }
  return { shape, values: result }
}
