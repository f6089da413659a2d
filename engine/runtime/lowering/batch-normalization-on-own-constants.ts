import { float32Tensor } from '../../onnx/graph.ts'
import { emitRunning, isTrainingNormalization } from './batch-normalization.ts'
import type { Rewrite } from './rewrite.ts'

/**
 * Gives every batch normalisation in training form a running mean and variance of its own to write to. The CPU provider
 * (1.30) writes both results into the memory of the inputs they replace: into constants that another node reads, into
 * the tensors that were fed. With momentum 0 what it finds there does not matter, and the outputs are the statistics
 * of the batch, from which the running ones follow.
 */
export const batchNormalizationOnOwnConstants: Rewrite = {
  apply(node, site) {
    if (!isTrainingNormalization(node)) return false
    const channels = site.knownDims(node.inputs[1] as string)?.[0]
    if (channels === undefined) return false
    // Different values, as the runtime stores equal constants of one element once.
    const [mean, variance] = ['mean', 'variance'].map((role) => {
      const value = site.nextNumber()
      return site.tensor(`own-${role}`, float32Tensor([channels], new Float32Array(channels).fill(value)))
    }) as [string, string]
    const outputs = [node.outputs[0] as string, site.name('batch-mean'), site.name('batch-variance')] as const
    site.add({
      ...node,
      inputs: [...node.inputs.slice(0, 3), mean, variance],
      outputs,
      attributes: { ...node.attributes, momentum: { kind: 'float', value: 0 } },
    })
    emitRunning(node, 1, outputs[1], site)
    emitRunning(node, 2, outputs[2], site)
    return true
  },
}
