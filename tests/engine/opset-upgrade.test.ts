import { create, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  TensorProto_DataType,
} from '../../engine/onnx/generated/onnx_pb.ts'
import { type Tensor, elementCount, float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { inferShapes } from '../../engine/onnx/infer-shapes.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { dataTypeCode } from '../../engine/onnx/data-types.ts'
import { expectClose } from './compare-tensors.ts'
import { runOnCpu } from './run-on-cpu.ts'

type AttributeValue =
  number | string | readonly number[] | { readonly float: number } | { readonly floats: readonly number[] }

interface OldNode {
  readonly opset: number
  readonly opType: string
  readonly inputs: readonly (Tensor | 'left out')[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  readonly outputCount?: number
  /** Inputs stored in the file; the others are fed. */
  readonly constants?: readonly number[]
  /** Leave the shapes of fed inputs out of the file. */
  readonly withoutShapes?: boolean
}

function attribute(name: string, value: AttributeValue) {
  const message = create(AttributeProtoSchema, { name })
  if (typeof value === 'number') Object.assign(message, { type: AttributeType.INT, i: BigInt(value) })
  else if (typeof value === 'string') {
    Object.assign(message, { type: AttributeType.STRING, s: new TextEncoder().encode(value) })
  } else if ('float' in value) Object.assign(message, { type: AttributeType.FLOAT, f: value.float })
  else if ('floats' in value) Object.assign(message, { type: AttributeType.FLOATS, floats: [...value.floats] })
  else Object.assign(message, { type: AttributeType.INTS, ints: value.map(BigInt) })
  return message
}

/** A file of one node as an exporter of its time wrote it, and what it is fed with. */
function oldFile(node: OldNode): { readonly bytes: Uint8Array; readonly feeds: Record<string, Tensor> } {
  const feeds: Record<string, Tensor> = {}
  const initializer = []
  const input = []
  for (const [index, tensor] of node.inputs.entries()) {
    if (tensor === 'left out') continue
    const name = `input${index}`
    const { dataType, dims, data } = tensor
    if (node.constants?.includes(index) === true) {
      const bytes = data as Float32Array
      const rawData = new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
      initializer.push({ name, dims: dims.map(BigInt), dataType: dataTypeCode(dataType), rawData })
      continue
    }
    feeds[name] = tensor
    const shape = { dim: dims.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })) }
    const tensorType = { elemType: dataTypeCode(dataType), ...(node.withoutShapes !== true && { shape }) }
    input.push({ name, type: { value: { case: 'tensorType' as const, value: tensorType } } })
  }
  const output = Array.from({ length: node.outputCount ?? 1 }, (_, index) => `output${index}`)
  const message = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: '', version: BigInt(node.opset) }],
    graph: {
      name: 'old',
      node: [
        {
          opType: node.opType,
          name: 'old',
          input: node.inputs.map((tensor, index) => (tensor === 'left out' ? '' : `input${index}`)),
          output,
          attribute: Object.entries(node.attributes ?? {}).map(([name, value]) => attribute(name, value)),
        },
      ],
      input,
      output: output.map((name) => ({ name })),
      initializer,
    },
  })
  return { bytes: toBinary(ModelProtoSchema, message), feeds }
}

function floats(...dims: number[]): Tensor {
  const values = Float32Array.from({ length: elementCount(dims) }, (_, i) => (((i * 37) % 23) - 11) / 7)
  return float32Tensor(dims, values)
}

function positive(...dims: number[]): Tensor {
  return float32Tensor(dims, (floats(...dims).data as Float32Array).map(Math.abs))
}

function vector(...values: number[]): Tensor {
  return float32Tensor([values.length], Float32Array.from(values))
}

function bytes(...values: number[]): Tensor {
  return { dataType: 'uint8', dims: [values.length], data: Uint8Array.from(values) }
}

/** The bits of 0, 1, 2 … as float16. */
function halves(...dims: number[]): Tensor {
  const bits = [0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700]
  return {
    dataType: 'float16',
    dims,
    data: Uint16Array.from({ length: elementCount(dims) }, (_, i) => bits[i % 8] ?? 0),
  }
}

const image = floats(1, 3, 4, 5)

/** Nodes that the runtime runs in their old form too: it must give the same before and after. */
const comparable: Readonly<Record<string, OldNode>> = {
  'Softmax 11 over axes 1 to the end': { opset: 11, opType: 'Softmax', inputs: [image] },
  'Softmax 11 of an unknown shape': { opset: 11, opType: 'Softmax', inputs: [image], withoutShapes: true },
  'Softmax 11, negative axis': { opset: 11, opType: 'Softmax', inputs: [image], attributes: { axis: -2 } },
  'Softmax 11, negative axis of an unknown shape': {
    ...{ opset: 11, opType: 'Softmax', inputs: [image], attributes: { axis: -2 }, withoutShapes: true },
  },
  'LogSoftmax 9 along the last axis': { opset: 9, opType: 'LogSoftmax', inputs: [floats(3, 4)] },
  'LogSoftmax 11, axis 0': { opset: 11, opType: 'LogSoftmax', inputs: [floats(3, 4)], attributes: { axis: 0 } },
  'Hardmax 11': { opset: 11, opType: 'Hardmax', inputs: [floats(2, 3, 2)] },
  'Softmax 9 before axes of size 1': { opset: 9, opType: 'Softmax', inputs: [floats(2, 5, 1, 1)] },
  'BatchNormalization 7': {
    ...{ opset: 7, opType: 'BatchNormalization', attributes: { epsilon: { float: 0.01 } } },
    inputs: [image, floats(3), floats(3), floats(3), positive(3)],
  },
  'BatchNormalization 7, spatial': {
    ...{ opset: 7, opType: 'BatchNormalization', attributes: { spatial: 1 } },
    inputs: [image, floats(3), floats(3), floats(3), positive(3)],
  },
  'Dropout 7': { opset: 7, opType: 'Dropout', inputs: [image], attributes: { ratio: { float: 0.7 } } },
  'Dropout 10': { opset: 10, opType: 'Dropout', inputs: [image] },
  'Upsample 7, nearest': {
    ...{ opset: 7, opType: 'Upsample', inputs: [image], attributes: { scales: { floats: [1, 1, 2, 3] } } },
  },
  'Upsample 7, linear': {
    ...{ opset: 7, opType: 'Upsample', inputs: [image] },
    attributes: { scales: { floats: [1, 1, 2, 2] }, mode: 'linear' },
  },
  'Upsample 9, nearest': { opset: 9, opType: 'Upsample', inputs: [image, vector(1, 1, 2.5, 1.5)], constants: [1] },
  'Resize 10, nearest, larger': {
    opset: 10,
    opType: 'Resize',
    inputs: [image, vector(1, 1, 2.3, 1.7)],
    constants: [1],
  },
  'Resize 10, nearest, smaller': {
    opset: 10,
    opType: 'Resize',
    inputs: [image, vector(1, 1, 0.5, 0.7)],
    constants: [1],
  },
  'Resize 10, linear': {
    ...{ opset: 10, opType: 'Resize', inputs: [image, vector(1, 1, 2, 0.6)], attributes: { mode: 'linear' } },
  },
  'Resize 11 with empty scales': {
    ...{ opset: 11, opType: 'Resize', constants: [1, 2, 3] },
    inputs: [image, vector(), vector(), int64Tensor([4], [1, 3, 7, 3])],
  },
  'Resize 11, tf_half_pixel_for_nn': {
    ...{ opset: 11, opType: 'Resize', inputs: [image, vector(), vector(1, 1, 1.9, 2.6)], constants: [1, 2] },
    attributes: { coordinate_transformation_mode: 'tf_half_pixel_for_nn', nearest_mode: 'floor' },
  },
  'Slice 1': {
    opset: 9,
    opType: 'Slice',
    inputs: [image],
    attributes: { starts: [1, -3], ends: [3, 100], axes: [1, 3] },
  },
  'Slice 1 without axes': { opset: 9, opType: 'Slice', inputs: [image], attributes: { starts: [0, 1], ends: [1, 2] } },
  'Pad 2': {
    opset: 9,
    opType: 'Pad',
    inputs: [floats(2, 3)],
    attributes: { pads: [1, 0, 0, 2], value: { float: 1.5 } },
  },
  'Pad 2, reflecting': {
    opset: 9,
    opType: 'Pad',
    inputs: [floats(4, 4)],
    attributes: { pads: [1, 0, 0, 2], mode: 'reflect' },
  },
  'Clip 6': { opset: 9, opType: 'Clip', inputs: [image], attributes: { min: { float: -0.5 }, max: { float: 0.5 } } },
  'Clip 6, one bound': { opset: 9, opType: 'Clip', inputs: [image], attributes: { max: { float: 0.5 } } },
  'Squeeze 11': { opset: 11, opType: 'Squeeze', inputs: [floats(1, 3, 1)], attributes: { axes: [-1] } },
  'Unsqueeze 11': { opset: 11, opType: 'Unsqueeze', inputs: [floats(2, 3)], attributes: { axes: [0, -1] } },
  'ReduceSum 11': { opset: 11, opType: 'ReduceSum', inputs: [image], attributes: { axes: [1, -1], keepdims: 0 } },
  'ReduceMean 13': { opset: 13, opType: 'ReduceMean', inputs: [image], attributes: { axes: [2] } },
  'ReduceMax 12, all axes': { opset: 12, opType: 'ReduceMax', inputs: [image] },
  'ReduceL2 13': { opset: 13, opType: 'ReduceL2', inputs: [image], attributes: { axes: [-1] } },
  'Split 11': {
    opset: 11,
    opType: 'Split',
    inputs: [floats(2, 5)],
    attributes: { axis: 1, split: [2, 3] },
    outputCount: 2,
  },
  'Split 11, equal': { opset: 11, opType: 'Split', inputs: [floats(6, 2)], outputCount: 3 },
  'Split 13, equal': { opset: 13, opType: 'Split', inputs: [floats(2, 6)], attributes: { axis: -1 }, outputCount: 2 },
  'TopK 9': { opset: 9, opType: 'TopK', inputs: [floats(2, 5)], attributes: { k: 3 }, outputCount: 2 },
  'Scatter 9': {
    ...{ opset: 9, opType: 'Scatter', attributes: { axis: 1 } },
    inputs: [floats(2, 5), int64Tensor([1, 2], [1, 3]), floats(1, 2)],
  },
  'Gemm 9': {
    opset: 9,
    opType: 'Gemm',
    inputs: [floats(2, 3), floats(3, 4), floats(4)],
    attributes: { beta: { float: 0.5 } },
  },
  'PRelu 7': { opset: 7, opType: 'PRelu', inputs: [image, floats(3, 1, 1)] },
  'MaxPool 8': { opset: 8, opType: 'MaxPool', inputs: [image], attributes: { kernel_shape: [2, 2] }, outputCount: 2 },
  'AveragePool 7': {
    ...{ opset: 7, opType: 'AveragePool', inputs: [image] },
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  'Cast 6': { opset: 7, opType: 'Cast', inputs: [image], attributes: { to: TensorProto_DataType.INT32 } },
  'RoiAlign 10': {
    ...{ opset: 10, opType: 'RoiAlign', attributes: { output_height: 2, output_width: 2, sampling_ratio: 2 } },
    inputs: [image, float32Tensor([1, 4], Float32Array.of(0.5, 0.7, 3.1, 2.9)), int64Tensor([1], [0])],
  },
  ImageScaler: {
    opset: 7,
    opType: 'ImageScaler',
    inputs: [image],
    attributes: { scale: { float: 2 }, bias: { floats: [1, 2, 3] } },
  },
  Affine: { opset: 7, opType: 'Affine', inputs: [image], attributes: { alpha: { float: 2 }, beta: { float: -1 } } },
  Crop: { opset: 7, opType: 'Crop', inputs: [image], attributes: { border: [1, 2, 3, 0] } },
  'Crop to a size': { opset: 7, opType: 'Crop', inputs: [image], attributes: { border: [1, 1, 0, 0], scale: [2, 3] } },
  'Gelu 20': { opset: 20, opType: 'Gelu', inputs: [image] },
  'Gelu 20, by tanh': { opset: 20, opType: 'Gelu', inputs: [image], attributes: { approximate: 'tanh' } },
  'Swish 24': { opset: 24, opType: 'Swish', inputs: [image], attributes: { alpha: { float: 1.5 } } },
  'GroupNormalization 21': {
    ...{ opset: 21, opType: 'GroupNormalization', attributes: { num_groups: 2, epsilon: { float: 0.01 } } },
    inputs: [floats(2, 6, 3, 2), floats(6), floats(6)],
  },
  'GridSample 20': {
    ...{ opset: 20, opType: 'GridSample', attributes: { mode: 'linear' } },
    inputs: [image, float32Tensor([1, 1, 2, 2], Float32Array.of(-0.5, 0.1, 0.3, 0.8))],
  },
  'Cast 19': {
    opset: 19,
    opType: 'Cast',
    inputs: [image],
    attributes: { to: TensorProto_DataType.DOUBLE, saturate: 1 },
  },
  'QuantizeLinear 21': {
    ...{ opset: 21, opType: 'QuantizeLinear', attributes: { block_size: 0, saturate: 1 }, constants: [1, 2] },
    inputs: [image, float32Tensor([], Float32Array.of(0.1)), { ...bytes(3), dims: [] }],
  },
}

describe('a node in its old form gives the same in the internal one', () => {
  for (const [name, node] of Object.entries(comparable)) {
    it(name, async () => {
      const { bytes: file, feeds } = oldFile(node)
      const original = await runOnCpu(file, feeds)
      const model = readModel(file)
      const upgraded = await runOnCpu(writeModel(model), feeds)
      expect(Object.keys(upgraded)).toEqual(Object.keys(original))
      const types = inferShapes(model.graph)
      for (const [output, expected] of Object.entries(original)) {
        expectClose(upgraded[output], expected, 1e-6)
        const inferred = types.get(output)?.dims
        if (inferred?.every((size) => typeof size === 'number') === true) expect(inferred).toEqual(expected.dims)
      }
    })
  }
})

/** Nodes the runtime does not run in their old form, with what the format says they give. */
const byHand: Readonly<Record<string, OldNode & { readonly expected: readonly number[] }>> = {
  'Add 6 with an axis: one number per channel': {
    ...{ opset: 6, opType: 'Add', inputs: [float32Tensor([1, 2, 2], new Float32Array(4)), vector(1, 2)] },
    attributes: { broadcast: 1, axis: 1 },
    expected: [1, 1, 2, 2],
  },
  'Mul 6 without an axis: the last ones': {
    ...{ opset: 6, opType: 'Mul', inputs: [float32Tensor([1, 2, 2], Float32Array.of(1, 1, 1, 1)), vector(1, 2)] },
    attributes: { broadcast: 1 },
    expected: [1, 2, 1, 2],
  },
  'Sub 6 with a negative axis': {
    ...{ opset: 6, opType: 'Sub', inputs: [float32Tensor([2, 2], new Float32Array(4)), vector(1, 2)] },
    attributes: { broadcast: 1, axis: -2 },
    expected: [-1, -1, -2, -2],
  },
  'Gemm 6 with a broadcast bias': {
    ...{ opset: 6, opType: 'Gemm', attributes: { broadcast: 1, transB: 1 } },
    inputs: [
      float32Tensor([1, 2], Float32Array.of(1, 2)),
      float32Tensor([2, 2], Float32Array.of(1, 0, 0, 1)),
      vector(10, 20),
    ],
    expected: [11, 22],
  },
  'PRelu 6 with a slope per channel': {
    ...{ opset: 6, opType: 'PRelu', inputs: [float32Tensor([1, 2, 2], Float32Array.of(-1, -1, -1, 3)), vector(2, 3)] },
    expected: [-2, -2, -3, 3],
  },
  'Dropout 6 in inference': {
    ...{ opset: 6, opType: 'Dropout', inputs: [vector(1, 2)], attributes: { is_test: 1, ratio: { float: 0.5 } } },
    expected: [1, 2],
  },
  'BatchNormalization 6 in inference': {
    ...{ opset: 6, opType: 'BatchNormalization', attributes: { is_test: 1, epsilon: { float: 0 }, spatial: 1 } },
    inputs: [float32Tensor([1, 1, 2], Float32Array.of(3, 5)), vector(2), vector(1), vector(1), vector(4)],
    expected: [3, 5],
  },
  'Dropout 7 with a used mask, of the type of its input': {
    ...{ opset: 7, opType: 'Dropout', inputs: [vector(1, 2)], outputCount: 2 },
    expected: [1, 2],
  },
  'BatchNormalization 9 in training': {
    ...{ opset: 9, opType: 'BatchNormalization', attributes: { epsilon: { float: 0 } }, outputCount: 3 },
    inputs: [float32Tensor([2, 1, 1], Float32Array.of(3, 5)), vector(2), vector(1), vector(1), vector(4)],
    expected: [-1, 3],
  },
  'Upsample 1': {
    ...{ opset: 6, opType: 'Upsample', inputs: [float32Tensor([1, 1, 1, 2], Float32Array.of(1, 2))] },
    attributes: { height_scale: { float: 1 }, width_scale: { float: 2 }, mode: 'nearest' },
    expected: [1, 1, 2, 2],
  },
}

describe('a node that no runtime runs any more gives what its format said', () => {
  for (const [name, node] of Object.entries(byHand)) {
    it(name, async () => {
      const { bytes: file, feeds } = oldFile(node)
      const results = await runOnCpu(writeModel(readModel(file)), feeds)
      expect([...(results['output0']?.data as Float32Array)]).toEqual(node.expected)
    })
  }

  it('the mask of Dropout 7 stays of the type of the input', async () => {
    const { bytes: file, feeds } = oldFile({ opset: 7, opType: 'Dropout', inputs: [vector(1, 2)], outputCount: 2 })
    const { output1 } = await runOnCpu(writeModel(readModel(file)), feeds)
    expect(output1).toEqual(vector(1, 1))
  })

  it('a float attribute becomes a constant of the type of the tensor', async () => {
    const clip: OldNode = { opset: 9, opType: 'Clip', inputs: [halves(4)], attributes: { max: { float: 2 } } }
    for (const withoutShapes of [false, true]) {
      const { bytes: file, feeds } = oldFile({ ...clip, withoutShapes })
      const { output0 } = await runOnCpu(writeModel(readModel(file)), feeds)
      expect(output0?.data).toEqual(Uint16Array.of(0, 0x3c00, 0x4000, 0x4000))
    }
  })
})

const refusedNodes: Readonly<Record<string, OldNode & { readonly sentence: RegExp }>> = {
  'statistics for every element': {
    ...{ opset: 8, opType: 'BatchNormalization', attributes: { spatial: 0 } },
    inputs: [image, floats(3, 4, 5), floats(3, 4, 5), floats(3, 4, 5), positive(3, 4, 5)],
    sentence: /^The node 'old' \(BatchNormalization\) cannot be read: it has statistics for every element/,
  },
  'saved statistics that are used': {
    ...{ opset: 9, opType: 'BatchNormalization', outputCount: 5 },
    inputs: [image, floats(3), floats(3), floats(3), positive(3)],
    sentence: /its saved mean and variance are used/,
  },
  'an axis where shapes are unknown': {
    ...{
      opset: 6,
      opType: 'Add',
      inputs: [image, floats(3)],
      attributes: { broadcast: 1, axis: 1 },
      withoutShapes: true,
    },
    sentence: /spreads its second operand from an axis on, but the shapes of 'input0' and 'input1' are unknown/,
  },
  'a Resize 10 that enlarges and shrinks': {
    ...{ opset: 10, opType: 'Resize', inputs: [image, vector(1, 1, 2, 0.5)], constants: [1] },
    sentence: /it enlarges one axis and shrinks another/,
  },
  'a Resize 10 whose scales come at run time': {
    ...{ opset: 10, opType: 'Resize', inputs: [image, vector(1, 1, 2, 2)] },
    sentence: /or its scales are not constant/,
  },
  'a wrapping Pad': {
    ...{ opset: 19, opType: 'Pad', inputs: [image, int64Tensor([8], Array(8).fill(1))], attributes: { mode: 'wrap' } },
    sentence: /its attribute 'mode' is wrap, which needs a later operator set than is supported \(18\)/,
  },
}

describe('a node without a form in the internal operator set is refused', () => {
  for (const [name, node] of Object.entries(refusedNodes)) {
    it(name, () => {
      expect(() => readModel(oldFile(node).bytes)).toThrow(node.sentence)
    })
  }
})
