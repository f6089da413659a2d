import { NodeRefusal } from '../node-refusal.ts'
import { type PaddedAxis, fullPads, paddedAxes } from '../padded-axes.ts'
import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'

/**
 * Y = X with a border, or cut where pads are negative  =>  dX = dY without it, plus the border's gradients added to the
 * elements it repeats: for `edge` to the outermost, for `reflect` mirrored to those beside the outermost.
 *
 * Emitted for `constant`: Pad with the pads negated. Else along each padded axis: `inner` Slice of dY, `begin` and `end`
 * Slice of the border (backwards for reflect, ReduceSum for edge) and Pad to the size of X, `dX` Sum.
 */
export const padRule: GradientRule = {
  opType: 'Pad',
  keeps: { inputs: [], outputs: [] },
  refuses(node) {
    if (node.wants(2)) return 'there is no gradient by the value it pads with.'
    const mode = node.string('mode', 'constant')
    if (!['constant', 'reflect', 'edge'].includes(mode)) return `its mode is '${mode}'.`
    const isCut = paddedAxes(node).some(({ begin, end }) => begin < 0 || end < 0)
    return mode !== 'constant' && isCut ? `its mode is '${mode}' and its pads are negative.` : undefined
  },
  gradient(node, emit) {
    const axes = paddedAxes(node)
    if (node.string('mode', 'constant') !== 'constant') {
      const isMirrored = node.string('mode', 'constant') === 'reflect'
      return [axes.reduce((dY, axis) => foldBack(node, emit, dY, axis, isMirrored), node.outputGradient(0))]
    }
    const pads = emit.ints(
      fullPads(
        node,
        axes.map(({ axis, begin, end }) => [axis, -begin, -end] as const),
      ),
    )
    return [emit.op('Pad', [node.outputGradient(0), pads, emit.scalar(0)], { mode: 'constant' }, 'dX')]
  },
}

/** `dY` along one axis without its border, whose gradients go to the elements that the border repeats. */
function foldBack(node: ForwardNode, emit: Emitter, dY: string, padded: PaddedAxis, isMirrored: boolean): string {
  const { axis, begin, end } = padded
  const size = node.inputDims(0)[axis]
  if (typeof size !== 'number') {
    throw new NodeRefusal(`pads axis ${axis}, whose size is unknown; give the graph's inputs concrete sizes.`)
  }
  const terms = [slice(begin, begin + size, 'inner')]
  if (begin > 0) terms.push(border('begin', 0, begin, isMirrored ? 1 : 0))
  if (end > 0) terms.push(border('end', begin + size, begin + size + end, size - 1 - (isMirrored ? end : 0)))
  return emit.op('Sum', terms, {}, 'dX')

  function slice(from: number, to: number, label: string): string {
    return emit.op('Slice', [dY, emit.ints([from]), emit.ints([to]), emit.ints([axis])], {}, label)
  }

  /** The elements from..to of dY, mirrored or summed into one, at `place` among zeros. */
  function border(label: string, from: number, to: number, place: number): string {
    const elements = slice(from, to, label)
    const count = isMirrored ? to - from : 1
    const folded = isMirrored ? backwards(elements, `${label}-mirrored`) : summed(elements, `${label}-summed`)
    const pads = emit.ints(fullPads(node, [[axis, place, (size as number) - place - count]]))
    return emit.op('Pad', [folded, pads, emit.scalar(0)], { mode: 'constant' }, `${label}-in-X`)
  }

  function backwards(elements: string, label: string): string {
    const bounds = [emit.ints([-1]), emit.ints([-(2 ** 31)]), emit.ints([axis]), emit.ints([-1])]
    return emit.op('Slice', [elements, ...bounds], {}, label)
  }

  function summed(elements: string, label: string): string {
    return emit.op('ReduceSum', [elements, emit.ints([axis])], { keepdims: 1 }, label)
  }
}
