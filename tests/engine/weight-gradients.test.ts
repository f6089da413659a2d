import { existsSync } from 'node:fs'
import { describe, it } from 'vitest'
import { type ModelCase, checkWeightGradients, modelFolder } from './model-gradients.ts'

/**
 * Every model that a run can train, but two of the slowest, which the evidence takes, and light_vgg19: its kernels are one number each that the file does not store, and
 * what it stores beside them is checked in its kind by the other four of its series.
 * Between its kinks a network of convolutions is linear in each weight alone, so that two points are exact and a step
 * may change the scores by as much as they are: rounding is then 1e-6 of the change.
 */
const models: readonly ModelCase[] = [
  ...['cifar10_resnet_2b', 'cnn_mnist_pytorch_ort', 'fashion_mnist_cnn_netkit', 'gtsrb_fast_marabou', 'mnist-7'],
  ...['mnist-8', 'mnist_burn', 'mnist_cnn_opset11_codeman', 'mnist_cnn_opset6_makora', 'resnet20_onnc'],
  ...['simple_cnn_fp32_pcb', 'squeezenet1.1-imagenet-fp32', 'squeezenet_cifar10'],
  ...['mobilenetv2-imagenet-dequantised-fp32', 'light_shufflenet', 'light_squeezenet'],
]
  .map((name): ModelCase => ({ file: `${name}.onnx` }))
  .concat([
    // Squares for activations.
    { file: 'lenet5_ezkl.onnx', share: 0.3 },
    // Attention: the same added to every key shifts all scores of a query alike, which softmax does not see. A step that
    // is small beside its bends changes the scores by 1e-3 of themselves or less, and their rounding is up to 3e-4 of that.
    { file: 'ibp_3_3_8.onnx', share: 0.05, mostOfWeight: 0.06, tolerance: 5e-4, zero: /key\.bias$/ },
  ])

describe.skipIf(!existsSync(modelFolder))(
  'the gradients by every weight of models from elsewhere are how their scores change (needs ../shared/data/models)',
  () => {
    it.each(models)('$file', checkWeightGradients)
  },
)
