/** What an operator does, coarsely: enough to tell nodes apart at a glance. */
export const operatorKinds = [
  'convolution',
  'linear',
  'normalization',
  'activation',
  'pooling',
  'combination',
  'arrangement',
  'other',
] as const
export type OperatorKind = (typeof operatorKinds)[number]

const members: Record<Exclude<OperatorKind, 'other'>, readonly string[]> = {
  convolution: ['Conv', 'ConvTranspose', 'ConvInteger', 'QLinearConv', 'DeformConv'],
  linear: ['Gemm', 'MatMul', 'MatMulInteger', 'QLinearMatMul', 'Einsum', 'LSTM', 'GRU', 'RNN', 'Attention'],
  normalization: [
    'BatchNormalization',
    'InstanceNormalization',
    'LayerNormalization',
    'GroupNormalization',
    'LRN',
    'LpNormalization',
    'MeanVarianceNormalization',
    'RMSNormalization',
    'Dropout',
  ],
  activation: [
    'Relu',
    'LeakyRelu',
    'PRelu',
    'Elu',
    'Selu',
    'Celu',
    'ThresholdedRelu',
    'Sigmoid',
    'HardSigmoid',
    'HardSwish',
    'Swish',
    'Tanh',
    'Softplus',
    'Softsign',
    'Softmax',
    'LogSoftmax',
    'Hardmax',
    'Gelu',
    'Mish',
    'Erf',
    'Clip',
    'Shrink',
  ],
  pooling: [
    'MaxPool',
    'AveragePool',
    'LpPool',
    'GlobalMaxPool',
    'GlobalAveragePool',
    'GlobalLpPool',
    'MaxRoiPool',
    'RoiAlign',
    'ReduceMean',
    'ReduceMax',
    'ReduceSum',
    'ReduceL2',
  ],
  combination: ['Add', 'Sub', 'Mul', 'Div', 'Sum', 'Mean', 'Max', 'Min', 'Concat', 'Pow', 'Where'],
  arrangement: [
    'Reshape',
    'Flatten',
    'Squeeze',
    'Unsqueeze',
    'Transpose',
    'Slice',
    'Split',
    'Pad',
    'Gather',
    'Expand',
    'Tile',
    'DepthToSpace',
    'SpaceToDepth',
    'Resize',
    'Upsample',
    'Cast',
    'Identity',
    'Shape',
    'QuantizeLinear',
    'DequantizeLinear',
  ],
}

const kindOf = new Map(
  Object.entries(members).flatMap(([kind, names]) => names.map((name) => [name, kind as OperatorKind] as const)),
)

/** The kind of an ONNX operator; 'other' for one that is not known. */
export function operatorKind(operator: string): OperatorKind {
  return kindOf.get(operator) ?? 'other'
}
