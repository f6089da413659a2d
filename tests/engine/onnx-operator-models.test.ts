import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { fromBinary } from '@bufbuild/protobuf'
import { parseTar } from 'nanotar'
import { describe, expect, it } from 'vitest'
import { TensorProtoSchema } from '../../engine/onnx/generated/onnx_pb.ts'
import type { Tensor } from '../../engine/onnx/graph.ts'
import { inferShapes } from '../../engine/onnx/infer-shapes.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { readTensor } from '../../engine/onnx/read-tensor.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { expectClose } from './compare-tensors.ts'
import { runOnCpu } from './run-on-cpu.ts'

const archive = resolve(import.meta.dirname, '../../../shared/data/models/onnx-op-tests-with-expected-outputs.tar.gz')

/** Tests of what no graph in memory has, with the sentence that the reader refuses them with. */
const refused: Readonly<Record<string, RegExp>> = {
  test_averagepool_2d_dilations: /'dilations' is \[2, 2\], which needs a later operator set/,
  test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_True: /'dilations' is \[2, 2, 2\]/,
  test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True: /'dilations' is \[2, 2, 2\]/,
  test_deform_conv_with_mask_bias: /DeformConv of operator set 19 is not supported/,
  test_resize_upsample_scales_linear_half_pixel_symmetric: /'coordinate_transformation_mode' is half_pixel_symmetric/,
  test_dequantizelinear_blocked: /'block_size' is 2/,
  test_quantizelinear_blocked_asymmetric: /'block_size' is 2/,
  test_dequantizelinear_int16: /quantisation to int16 is not supported/,
  test_dequantizelinear_uint16: /quantisation to uint16 is not supported/,
  test_dequantizelinear_e4m3fn_float16: /'x' has the element type FLOAT8E4M3FN, which is not supported/,
  test_dequantizelinear_e5m2: /'x' has the element type FLOAT8E5M2/,
  test_quantizelinear_e4m3fn: /has the element type FLOAT8E4M3FN/,
  test_quantizelinear_float4e2m1: /has the element type FLOAT4E2M1/,
  test_quantizelinear_int4: /has the element type INT4/,
  test_quantizelinear_uint4: /has the element type UINT4/,
}

/** Tests that the runtime itself has no kernel for, before and after upgrading. */
const withoutKernel: Readonly<Record<string, RegExp>> = {
  test_clip_default_int8_max_expanded: /Could not find an implementation for Where/,
  test_clip_default_int8_min_expanded: /Could not find an implementation for Where/,
}

/** The files of each test, by the folder they lie in: model.onnx, test_data_set_0/input_0.pb … */
function readArchive(): ReadonlyMap<string, ReadonlyMap<string, Uint8Array>> {
  const tests = new Map<string, Map<string, Uint8Array>>()
  for (const file of parseTar(gunzipSync(readFileSync(archive)))) {
    if (file.data === undefined) continue
    const folder = dirname(file.name).replace(/\/test_data_set_0$/, '')
    const files = tests.get(folder) ?? new Map<string, Uint8Array>()
    tests.set(folder, files.set(file.name.slice(folder.length + 1), file.data))
  }
  return tests
}

function tensors(files: ReadonlyMap<string, Uint8Array>, kind: 'input' | 'output'): readonly Tensor[] {
  const found: Tensor[] = []
  for (;;) {
    const bytes = files.get(`test_data_set_0/${kind}_${found.length}.pb`)
    if (bytes === undefined) return found
    found.push(readTensor(fromBinary(TensorProtoSchema, bytes), undefined))
  }
}

describe.skipIf(!existsSync(archive))(
  'the operator tests of ONNX give their expected outputs once read and written (needs ../shared/data/models)',
  () => {
    const tests = existsSync(archive) ? readArchive() : new Map<string, ReadonlyMap<string, Uint8Array>>()
    for (const [folder, files] of tests) {
      const bytes = files.get('model.onnx')
      if (bytes === undefined) continue
      const name = folder.split('/').at(-1) ?? folder
      it(name, async () => {
        const sentence = refused[name]
        if (sentence !== undefined) {
          expect(() => readModel(bytes)).toThrow(sentence)
          return
        }
        const model = readModel(bytes)
        const inputs = tensors(files, 'input')
        const feeds = Object.fromEntries(
          model.graph.inputs.map((input, index) => [input.name, inputs[index] as Tensor]),
        )
        const gap = withoutKernel[name]
        if (gap !== undefined) {
          await expect(runOnCpu(bytes, feeds)).rejects.toThrow(gap)
          await expect(runOnCpu(writeModel(model), feeds)).rejects.toThrow(gap)
          return
        }
        const results = await runOnCpu(writeModel(model), feeds)
        const types = inferShapes(model.graph)
        for (const [index, expected] of tensors(files, 'output').entries()) {
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
