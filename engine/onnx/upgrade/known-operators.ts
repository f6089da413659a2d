import type { Graph } from '../graph.ts'
import { unsupportedOperators } from './newer/operators.ts'
import { refuse } from './upgrade-step.ts'

/** Every operator that ai.onnx ever had, those of its experiments and of its runtimes among them; newer ones apart. */
const names: readonly string[] = [
  'ATen Abs Acos Acosh Add Affine And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Bernoulli',
  'BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip',
  'Col2Im Compress Concat ConcatFromSequence Constant ConstantFill ConstantOfShape Conv ConvInteger ConvTranspose',
  'Cos Cosh Crop CumSum DFT DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear DynamicSlice Einsum',
  'Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU GRUUnit Gather GatherElements GatherND Gelu Gemm',
  'GivenTensorFill GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample',
  'GroupNormalization HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity If ImageScaler',
  'InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop',
  'LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization',
  'MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot',
  'Optional OptionalGetElement OptionalHasElement Or PRelu Pad ParametricSoftplus Pow QLinearConv QLinearMatMul',
  'QuantizeLinear RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1',
  'ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu',
  'Reshape Resize ReverseSequence RoiAlign Round STFT Scale ScaledTanh Scan Scatter ScatterElements ScatterND Selu',
  'SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap Shape Shrink',
  'Sigmoid Sign SimplifiedLayerNormalization Sin Sinh Size Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign',
  'SpaceToDepth Split SplitToSequence Sqrt Squeeze StringNormalizer Sub Sum Swish Tan Tanh TfIdfVectorizer',
  'ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where Xor',
].flatMap((line) => line.split(' '))

const known: ReadonlySet<string> = new Set([...names, ...unsupportedOperators.keys()])

/** Throws ModelError naming the first node, in bodies too, that says it is of ONNX itself and is not. */
export function requireKnownOperators(graph: Graph): void {
  for (const node of graph.nodes) {
    if (node.domain === '' && !known.has(node.opType)) {
      refuse(node, 'ONNX has no operator of that name; operators of others belong in a domain of their own')
    }
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') requireKnownOperators(attribute.value)
    }
  }
}
