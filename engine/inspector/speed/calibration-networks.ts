import type { Architecture, InputShape, Layer } from '../../protocol/architecture.ts'

/** A network with a layer a number of times, which is timed with and without. */
export interface CalibrationNetwork {
  readonly architecture: Architecture
  readonly input: InputShape
  readonly batchSize: number
}

type NewLayer = (name: string) => Layer

/** `count` times `repeated` between a 1×1 convolution that gives so many channels and the scores of the classes. */
export function mapNetwork(
  { side, channels, batchSize }: { readonly side: number; readonly channels: number; readonly batchSize: number },
  count: number,
  repeated: NewLayer,
): CalibrationNetwork {
  const layers: Layer[] = [
    { kind: 'conv', name: 'stem', filters: channels, kernel: [1, 1], stride: [1, 1], padding: [0, 0] },
    ...Array.from({ length: count }, (_, index) => repeated(`repeated${index}`)),
    { kind: 'globalAveragePool', name: 'pool' },
    { kind: 'fullyConnected', name: 'scores', units: 'classes' },
  ]
  return networkOf(layers, side, batchSize)
}

/** `count` fully connected layers of so many units behind each other. */
export function unitsNetwork(units: number, batchSize: number, count: number): CalibrationNetwork {
  const layers: Layer[] = [
    { kind: 'fullyConnected', name: 'stem', units },
    ...Array.from({ length: count }, (_, index) => ({
      kind: 'fullyConnected' as const,
      name: `repeated${index}`,
      units,
    })),
    { kind: 'fullyConnected', name: 'scores', units: 'classes' },
  ]
  return networkOf(layers, 4, batchSize)
}

export function convolution(filters: number, kernel: 1 | 3, groups = 1): NewLayer {
  const padding = (kernel - 1) / 2
  const size = { kernel: [kernel, kernel], stride: [1, 1], padding: [padding, padding] } satisfies Partial<Layer>
  return (name) => ({ kind: 'conv', name, filters, ...size, groups })
}

function networkOf(layers: Layer[], side: number, batchSize: number): CalibrationNetwork {
  const input: InputShape = { channels: 3, width: side, height: side, classes: 10 }
  return { architecture: { name: 'calibration', layers }, input, batchSize }
}
