import type { ModelLayer, ModelNode, ModelSummary } from '../../engine/protocol/models.ts'
import type { FilterFrame } from '../../engine/protocol/runs.ts'

/** Puts a residual network together, node after node, as an exporter would write it. */
class FixtureNetwork {
  readonly nodes: ModelNode[] = []
  readonly layers: ModelLayer[] = []

  convolution(
    scope: string,
    from: string,
    [channels, filters]: readonly [number, number],
    kernel: number,
    size: number,
  ) {
    const stride = channels === filters ? 1 : 2
    const layer: ModelLayer = {
      name: scope,
      nodeId: `${scope}.out`,
      operator: 'Conv',
      weight: `${scope}.weight`,
      shape: [filters, channels, kernel, kernel],
      groups: 1,
      stride: [stride, stride],
      padding: [kernel >> 1, kernel >> 1, kernel >> 1, kernel >> 1],
      parameters: filters * channels * kernel * kernel,
      parameterFormula: `${filters}·${channels}·${kernel}·${kernel}`,
      multiplyAdds: filters * channels * kernel * kernel * size * size,
      outputShape: ['N', filters, size, size],
      trainable: true,
    }
    this.layers.push(layer)
    const module = scope.split('.').slice(0, -1).join('.')
    return this.add('Conv', `${scope}.out`, [from], ['N', filters, size, size], module, scope)
  }

  add(
    operator: string,
    id: string,
    inputs: readonly string[],
    outputShape: readonly (number | string)[],
    scope = '',
    layer?: string,
  ): string {
    this.nodes.push({ id, name: id, operator, inputs, outputShape, scope, ...(layer === undefined ? {} : { layer }) })
    return id
  }

  /** Two convolutions beside a way past them. */
  block(name: string, from: string, channels: number, filters: number, size: number): string {
    const shape = ['N', filters, size, size]
    let value = this.convolution(`${name}.conv1`, from, [channels, filters], 3, size)
    value = this.add('BatchNormalization', `${name}.bn1`, [value], shape, name)
    value = this.add('Relu', `${name}.relu1`, [value], shape, name)
    value = this.convolution(`${name}.conv2`, value, [filters, filters], 3, size)
    value = this.add('BatchNormalization', `${name}.bn2`, [value], shape, name)
    let past = from
    if (channels !== filters) {
      past = this.convolution(`${name}.downsample`, from, [channels, filters], 1, size)
      past = this.add('BatchNormalization', `${name}.bn3`, [past], shape, name)
    }
    value = this.add('Add', `${name}.add`, [value, past], shape, name)
    return this.add('Relu', `${name}.relu2`, [value], shape, name)
  }
}

/** A residual network of `stages` stages of two blocks each. */
export function fixtureModel(stages: number): ModelSummary {
  const network = new FixtureNetwork()
  let value = network.convolution('conv1', 'input:image', [3, 64], 7, 112)
  value = network.add('BatchNormalization', 'bn1', [value], ['N', 64, 112, 112])
  value = network.add('Relu', 'relu', [value], ['N', 64, 112, 112])
  value = network.add('MaxPool', 'maxpool', [value], ['N', 64, 56, 56])
  let channels = 64
  let size = 56
  for (let stage = 1; stage <= stages; stage++) {
    const filters = stage === 1 ? 64 : Math.min(512, channels * 2)
    if (filters !== channels) size = Math.ceil(size / 2)
    value = network.block(`layer${stage}.0`, value, channels, filters, size)
    value = network.block(`layer${stage}.1`, value, filters, filters, size)
    channels = filters
  }
  value = network.add('GlobalAveragePool', 'pool', [value], ['N', channels, 1, 1])
  value = network.add('Flatten', 'flatten', [value], ['N', channels])
  network.add('Gemm', 'logits', [value], ['N', 1000], '', 'fc')
  network.layers.push({
    name: 'fc',
    nodeId: 'logits',
    operator: 'Gemm',
    weight: 'fc.weight',
    shape: [1000, channels, 1, 1],
    groups: 1,
    parameters: 1000 * channels + 1000,
    parameterFormula: `1000·${channels} + 1000`,
    multiplyAdds: 1000 * channels,
    outputShape: ['N', 1000],
    trainable: true,
  })
  const { nodes, layers } = network
  return {
    path: '/home/ada/models/resnet18.onnx',
    title: 'resnet18',
    byteLength: 46_800_000,
    producer: 'pytorch 2.4.0',
    opset: 17,
    inputs: [{ name: 'image', dataType: 'float32', dims: ['N', 3, 224, 224] }],
    outputs: [{ name: 'logits', dataType: 'float32', dims: ['N', 1000] }],
    image: { name: 'image', layout: 'nchw', channels: 3, height: 224, width: 224 },
    output: { name: 'logits', kind: 'logits', classes: 1000 },
    layers,
    nodes,
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    multiplyAdds: layers.reduce((sum, { multiplyAdds }) => sum + (multiplyAdds ?? 0), 0),
    training: { possible: true, obstacles: [] },
    head: { layer: 'fc', form: 'gemm' },
  }
}

/** The same network with an operator no gradient passes in its first block. */
export function fixtureObstructedModel(): ModelSummary {
  const model = fixtureModel(2)
  const whyNot = 'Everything before layer1.0.bn1 is cut off by it, and no gradient passes NonMaxSuppression.'
  return {
    ...model,
    title: 'resnet-with-nms',
    layers: model.layers.map((layer, index) => (index < 2 ? { ...layer, trainable: false, whyNot } : layer)),
    training: {
      possible: true,
      obstacles: [
        { node: 'layer1.0.bn1', operator: 'NonMaxSuppression', reason: 'NonMaxSuppression has no gradient.' },
        { node: 'layer1.0.relu1', operator: 'RoiAlign', reason: 'RoiAlign has no gradient rule yet.' },
      ],
      freezeBelow: 'layer1.0.conv1',
    },
  }
}

/** Stripes of different directions and frequencies in the shape of a layer. */
export function fixtureModelFilters(model: ModelSummary, name: string): FilterFrame {
  const shape = model.layers.find((layer) => layer.name === name)?.shape ?? [8, 3, 7, 7]
  const [filters, channels, height, width] = shape
  const data = Float32Array.from({ length: filters * channels * height * width }, (_, index) => {
    const filter = Math.floor(index / (channels * height * width))
    const channel = Math.floor(index / (height * width)) % channels
    const x = (index % width) - (width - 1) / 2
    const y = (Math.floor(index / width) % height) - (height - 1) / 2
    const angle = filter * 0.41
    const wave = Math.cos(
      (x * Math.cos(angle) + y * Math.sin(angle)) * (0.5 + (filter % 4) * 0.3) + (filter % 3) * channel,
    )
    return 0.3 * wave * Math.exp(-(x * x + y * y) / 14)
  })
  return { layer: name, step: 0, weights: { dims: shape, data } }
}
