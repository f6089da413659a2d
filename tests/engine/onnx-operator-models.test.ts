import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../engine/onnx/graph.ts'
import { inferShapes } from '../../engine/onnx/infer-shapes.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { expectClose } from './compare-tensors.ts'
import { hasOperatorModels, readOperatorModels, refusedOperatorModels } from './operator-models.ts'
import { runOnCpu } from './run-on-cpu.ts'

/** Tests that the runtime itself has no kernel for, before and after upgrading. */
const withoutKernel: Readonly<Record<string, RegExp>> = {
  test_clip_default_int8_max_expanded: /Could not find an implementation for Where/,
  test_clip_default_int8_min_expanded: /Could not find an implementation for Where/,
}

describe.skipIf(!hasOperatorModels)(
  'the operator tests of ONNX give their expected outputs once read and written (needs ../shared/data/models)',
  () => {
    for (const { name, bytes, inputs, outputs } of readOperatorModels()) {
      it(name, async () => {
        const sentence = refusedOperatorModels[name]
        if (sentence !== undefined) {
          expect(() => readModel(bytes)).toThrow(sentence)
          return
        }
        const model = readModel(bytes)
        const given = inputs()
        const feeds = Object.fromEntries(model.graph.inputs.map((input, index) => [input.name, given[index] as Tensor]))
        const gap = withoutKernel[name]
        if (gap !== undefined) {
          await expect(runOnCpu(bytes, feeds)).rejects.toThrow(gap)
          await expect(runOnCpu(writeModel(model), feeds)).rejects.toThrow(gap)
          return
        }
        const results = await runOnCpu(writeModel(model), feeds)
        const types = inferShapes(model.graph)
        for (const [index, expected] of outputs().entries()) {
          const output = model.graph.outputs[index]?.name ?? ''
          expectClose(results[output], expected, 1e-4)
          const inferred = types.get(output)
          expect(inferred?.dims.map((size, axis) => (typeof size === 'string' ? expected.dims[axis] : size))).toEqual(
            expected.dims,
          )
          expect(inferred?.dataType).toBe(expected.dataType)
        }
      })
    }
  },
)
