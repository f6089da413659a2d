import type { GraphBuilder } from '../onnx/graph-builder.ts'

/**
 * Appends g · min(1, maximum / ‖g‖) over all gradients together, with ‖g‖ the norm of everything
 * (Pascanu, Mikolov and Bengio 2013); 1e-6 is added to the norm, as in PyTorch.
 */
export function emitClippedGradients(
  builder: GraphBuilder,
  gradients: ReadonlyMap<string, string>,
  maximumNorm: number,
): Map<string, string> {
  const squares = [...gradients.values()].map((gradient) =>
    builder.op('ReduceSumSquare', [gradient], { keepdims: 0 }, { name: `${gradient}/squared-norm` }),
  )
  const norm = builder.op('Sqrt', [builder.op('Sum', squares, {}, { name: 'gradient/squared-norm' })])
  const ratio = builder.op('Div', [builder.scalar(maximumNorm), builder.op('Add', [norm, builder.scalar(1e-6)])])
  const factor = builder.op('Min', [ratio, builder.scalar(1)], {}, { name: 'gradient/clip-factor' })
  return new Map(
    [...gradients].map(([weight, gradient]) => [
      weight,
      builder.op('Mul', [gradient, factor], {}, { name: `${gradient}/clipped` }),
    ]),
  )
}
