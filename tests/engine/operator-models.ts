import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { fromBinary } from '@bufbuild/protobuf'
import { parseTar } from 'nanotar'
import { TensorProtoSchema } from '../../engine/onnx/generated/onnx_pb.ts'
import type { Tensor } from '../../engine/onnx/graph.ts'
import { readTensor } from '../../engine/onnx/read-tensor.ts'

const archive = resolve(import.meta.dirname, '../../../shared/data/models/onnx-op-tests-with-expected-outputs.tar.gz')

/** Whether the operator tests of the ONNX project lie beside this repository. */
export const hasOperatorModels = existsSync(archive)

/** A test of the ONNX project: a model, usually of one operator, with what it must answer to what. */
export interface OperatorModel {
  readonly name: string
  readonly bytes: Uint8Array
  /** In the order of the graph's inputs and outputs; read when asked for, since some are of types that are refused. */
  inputs(): readonly Tensor[]
  outputs(): readonly Tensor[]
}

/** Tests of what no graph in memory has, with the sentence that the reader refuses them with. */
export const refusedOperatorModels: Readonly<Record<string, RegExp>> = {
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

/** Every operator test; none where they are missing. */
export function readOperatorModels(): readonly OperatorModel[] {
  if (!hasOperatorModels) return []
  const tests = new Map<string, Map<string, Uint8Array>>()
  for (const file of parseTar(gunzipSync(readFileSync(archive)))) {
    if (file.data === undefined) continue
    const folder = dirname(file.name).replace(/\/test_data_set_0$/, '')
    const files = tests.get(folder) ?? new Map<string, Uint8Array>()
    // model.onnx, test_data_set_0/input_0.pb …
    tests.set(folder, files.set(file.name.slice(folder.length + 1), file.data))
  }
  return [...tests].flatMap(([folder, files]) => {
    const bytes = files.get('model.onnx')
    if (bytes === undefined) return []
    const name = folder.split('/').at(-1) ?? folder
    return [{ name, bytes, inputs: () => tensors(files, 'input'), outputs: () => tensors(files, 'output') }]
  })
}

function tensors(files: ReadonlyMap<string, Uint8Array>, kind: 'input' | 'output'): readonly Tensor[] {
  const found: Tensor[] = []
  for (;;) {
    const bytes = files.get(`test_data_set_0/${kind}_${found.length}.pb`)
    if (bytes === undefined) return found
    found.push(readTensor(fromBinary(TensorProtoSchema, bytes), undefined))
  }
}
