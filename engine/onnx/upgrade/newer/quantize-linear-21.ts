import { type UpgradeStep, refuse } from '../upgrade-step.ts'

/** Version 21 quantises to 16 bits too, where version 13 knows 8 bits (and int32 biases). */
export const quantizeLinear21: UpgradeStep = {
  opTypes: ['QuantizeLinear', 'DequantizeLinear'],
  version: 21,
  rewrite(node, context) {
    const quantized = node.opType === 'QuantizeLinear' ? node.inputs[2] : node.inputs[0]
    const dataType = context.type(quantized ?? '')?.dataType
    if (dataType === 'int16' || dataType === 'uint16') refuse(node, `quantisation to ${dataType} is not supported`)
    return [node]
  },
}
