import type { KernelLayer } from './kernel-layers.ts'
import { modulePath } from './module-path.ts'

/**
 * A name for each layer, unique and as a person knows it: that of its weights ('layer1.0.conv1.weight'), else that of
 * the node ('/layer1/layer1.0/conv1/Conv'), else its operator and a count. A scope that all layers share is left out.
 */
export function nameLayers(layers: readonly KernelLayer[]): string[] {
  const wanted = withoutSharedScope(layers.map((layer, index) => wantedName(layer, index)))
  const taken = new Set<string>()
  return wanted.map((stem) => {
    let name = stem
    for (let copy = 2; taken.has(name); copy++) name = `${stem} (${copy})`
    taken.add(name)
    return name
  })
}

function wantedName({ weight, values, node, operator }: KernelLayer, index: number): string {
  const nodeName = modulePath(node.name) || node.name || `${operator} ${index + 1}`
  return weightStem(weight) ?? weightStem(values) ?? nodeName
}

/** What a tool adds when it stores a weight in another way. */
const storageSuffix = /[._](quantized|fp16|fp32|DequantizeLinear_Output|dequantized)$/i
/** How TensorFlow reads a variable. */
const variableRead =
  /(\/(Conv2D|DepthwiseConv2dNative|depthwise|separable_conv2d|conv2d_transpose|MatMul|BiasAdd|Tensordot)(_\d+)?)?\/ReadVariableOp(_\d+)?(:\d+)?$/i
const weightSuffix = /[._/](weight|weights|weight_v|kernel|filter|W|w)(_0)?(:\d+)?$/

/** The name of the module a weight belongs to; undefined for the numbers and codes that exporters make up. */
function weightStem(weight: string): string | undefined {
  const plain = weight.replace(/^StatefulPartitionedCall\//, '').replace(storageSuffix, '')
  const stem = variableRead.test(plain) ? plain.replace(variableRead, '') : plain.replace(weightSuffix, '')
  return stem === plain || stem === '' ? undefined : stem
}

function withoutSharedScope(names: readonly string[]): readonly string[] {
  const [scope] = names[0]?.match(/^[^/]+\//) ?? []
  const isShared = scope !== undefined && names.length > 1 && names.every((name) => name.startsWith(scope))
  return isShared ? withoutSharedScope(names.map((name) => name.slice(scope.length))) : names
}
