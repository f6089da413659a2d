import { initialWeights } from '../../../engine/architectures/initial-weights.ts'
import { GraphBuilder, float } from '../../../engine/onnx/graph-builder.ts'
import { type Graph, elementCount, float32Tensor } from '../../../engine/onnx/graph.ts'
import { randomStream } from '../../../engine/random/stream.ts'

export interface ConvOptions {
  readonly from: number
  readonly to: number
  readonly kernel: number
  readonly stride?: number
  readonly padding?: number
  readonly hasBias?: boolean
  /** Of the first weights; He's unless told. */
  readonly deviation?: number
}

/** The layers that the compared networks are made of, with names and shapes of weights as PyTorch has them. */
export class NetworkBuilder {
  readonly #builder = new GraphBuilder()

  /** Pixels 0–255 [N,C,size,size] around 0. */
  image(channels: number, size: number): string {
    this.#builder.input({ name: 'image', type: { dataType: 'float32', dims: ['batch', channels, size, size] } })
    const centred = this.op('Sub', ['image', this.#builder.scalar(128)], 'image/centred')
    return this.op('Mul', [centred, this.#builder.scalar(1 / 64)], 'image/scaled')
  }

  conv(input: string, name: string, options: ConvOptions): string {
    const { from, to, kernel, stride = 1, padding = 0, hasBias = false, deviation } = options
    const inputs = [input, this.#weight(`${name}.weight`, [to, from, kernel, kernel], deviation)]
    if (hasBias) inputs.push(this.#filled(`${name}.bias`, to, 0))
    const pads = [padding, padding, padding, padding]
    return this.#builder.op(
      'Conv',
      inputs,
      { kernel_shape: [kernel, kernel], strides: [stride, stride], pads },
      { name },
    )
  }

  /** Batch normalisation in training form: by the statistics of the batch. */
  normalization(input: string, name: string, channels: number): string {
    const scale = this.#filled(`${name}.weight`, channels, 1)
    const shift = this.#filled(`${name}.bias`, channels, 0)
    const mean = this.#filled(`${name}.running_mean`, channels, 0)
    const variance = this.#filled(`${name}.running_var`, channels, 1)
    const attributes = { training_mode: 1, epsilon: float(1e-5), momentum: float(0.9) }
    const options = { name, outputCount: 3 }
    return this.#builder.op('BatchNormalization', [input, scale, shift, mean, variance], attributes, options)
  }

  /** 3×3 at stride 2, the last window reaching over the edge, as SqueezeNet has it. */
  overlappingPool(input: string, name: string): string {
    return this.#builder.op('MaxPool', [input], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, { name })
  }

  fullyConnected(input: string, name: string, from: number, to: number): string {
    const inputs = [input, this.#weight(`${name}.weight`, [to, from]), this.#filled(`${name}.bias`, to, 0)]
    return this.#builder.op('Gemm', inputs, { transB: 1 }, { name })
  }

  concat(inputs: readonly string[], name: string): string {
    return this.#builder.op('Concat', inputs, { axis: 1 }, { name })
  }

  /** An operator without attributes. */
  op(opType: string, inputs: readonly string[], name: string): string {
    return this.#builder.op(opType, inputs, {}, { name })
  }

  build(name: string, output: string, classes: number): Graph {
    this.op('Flatten', [output], 'logits')
    this.#builder.output({ name: 'logits', type: { dataType: 'float32', dims: ['batch', classes] } })
    return this.#builder.build(name)
  }

  #weight(name: string, dims: readonly number[], deviation?: number): string {
    const stream = randomStream('bench weights', name)
    const draw = () => Float32Array.from({ length: elementCount(dims) }, () => (deviation as number) * stream.normal())
    const tensor = deviation === undefined ? initialWeights(dims, 'heNormal', stream) : float32Tensor(dims, draw())
    return this.#builder.initializer(name, tensor)
  }

  #filled(name: string, size: number, value: number): string {
    return this.#builder.initializer(name, float32Tensor([size], new Float32Array(size).fill(value)))
  }
}
