import type { Layer } from '../../protocol/architecture.ts'

type Kind<K extends Layer['kind']> = Extract<Layer, { kind: K }>
type ConvOptions = Partial<Pick<Kind<'conv'>, 'from' | 'groups' | 'bias'>> & { stride?: number; padding?: number }
type PoolOptions = Partial<Pick<Kind<'maxPool'>, 'from' | 'ceil'>> & { stride?: number; padding?: number }

const pair = (value: number): [number, number] => [value, value]

/** A square convolution that keeps the size of its map unless told. */
export function conv(name: string, filters: number, kernel: number, options: ConvOptions = {}): Layer {
  const { stride = 1, padding = Math.floor(kernel / 2), ...rest } = options
  return { kind: 'conv', name, filters, kernel: pair(kernel), stride: pair(stride), padding: pair(padding), ...rest }
}

export function relu(name: string, from?: readonly [string]): Layer {
  return { kind: 'relu', name, ...(from && { from: [...from] }) }
}

/** Windows side by side, unless told. */
export function maxPool(name: string, kernel: number, options: PoolOptions = {}): Layer {
  return { kind: 'maxPool', name, ...pooled(kernel, options) }
}

/** Windows side by side, unless told. */
export function averagePool(name: string, kernel: number, options: PoolOptions = {}): Layer {
  return { kind: 'averagePool', name, ...pooled(kernel, options) }
}

function pooled(kernel: number, { stride = kernel, padding = 0, ...rest }: PoolOptions) {
  return { kernel: pair(kernel), stride: pair(stride), padding: pair(padding), ...rest }
}

export function batchNorm(name: string): Layer {
  return { kind: 'batchNorm', name }
}

export function fullyConnected(name: string, units: number | 'classes'): Layer {
  return { kind: 'fullyConnected', name, units }
}

export function dropout(name: string, rate: number): Layer {
  return { kind: 'dropout', name, rate }
}

/**
 * Over five channels. `alpha` as ONNX has it, which divides by their number: AlexNet's own is 1e-4 for their sum, GoogLeNet's
 * 1e-4 for their mean.
 */
export function localResponseNorm(name: string, alpha: number, bias: number): Layer {
  return { kind: 'localResponseNorm', name, size: 5, alpha, beta: 0.75, bias }
}
