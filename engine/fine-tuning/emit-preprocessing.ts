import { float32Tensor } from '../onnx/graph.ts'
import type { GraphBuilder } from '../onnx/graph-builder.ts'
import type { Preprocessing } from '../protocol/models.ts'

/**
 * Appends what brings `image`, float32 [N,C,H,W] with RGB pixels 0–255, to what the model takes: its order of colours,
 * (pixel − mean) / deviation, its layout. The result has the name `target`.
 */
export function emitPreprocessing(
  builder: GraphBuilder,
  { colourOrder, mean, standardDeviation }: Preprocessing,
  layout: 'nchw' | 'nhwc',
  channels: number,
  target: string,
): void {
  const perChannel = (values: readonly number[], of: (value: number) => number) =>
    float32Tensor(
      [1, channels, 1, 1],
      Float32Array.from({ length: channels }, (_, channel) => of((values[channel] ?? values[0]) as number)),
    )
  const isReversed = colourOrder === 'bgr' && channels === 3
  const ordered = isReversed
    ? builder.op('Gather', ['image', builder.ints([2, 1, 0])], { axis: 1 }, { name: 'image/bgr' })
    : 'image'
  const offset = builder.constant('image/mean', perChannel(mean, Number))
  const scale = builder.constant(
    'image/scale',
    perChannel(standardDeviation, (value) => 1 / value),
  )
  const centred = builder.op('Sub', [ordered, offset], {}, { name: 'image/centred' })
  const normalized = builder.op('Mul', [centred, scale], {}, { name: 'image/normalized' })
  const node = { domain: '', name: target, inputs: [normalized], outputs: [target] }
  if (layout === 'nchw') builder.add({ ...node, opType: 'Identity', attributes: {} })
  else builder.add({ ...node, opType: 'Transpose', attributes: { perm: { kind: 'ints', value: [0, 2, 3, 1] } } })
}
