import type { LayerDescription, SizeArithmetic } from '../../../engine/protocol/architecture.ts'
import { formatNumber } from '../../i18n/format.ts'
import { text } from '../../i18n/text.ts'

function axisText({ input, kernel, padding, stride, exact }: SizeArithmetic): string {
  return text('model.arithmetic.line', { input, kernel, padding, stride, result: formatNumber(exact, 5) })
}

const isSame = (a: SizeArithmetic, b: SizeArithmetic): boolean =>
  a.input === b.input && a.kernel === b.kernel && a.padding === b.padding && a.stride === b.stride

/** (W − F + 2P) / S + 1 with a layer's own numbers, once where height and width have the same. */
export function arithmeticLines({ arithmetic }: Pick<LayerDescription, 'arithmetic'>): string[] {
  if (!arithmetic) return []
  const { height, width } = arithmetic
  if (isSame(height, width)) return [axisText(width)]
  return [
    text('model.arithmetic.height', { line: axisText(height) }),
    text('model.arithmetic.width', { line: axisText(width) }),
  ]
}

/** What becomes of a size that is not whole; undefined where all are. */
export function notWholeText({ arithmetic }: Pick<LayerDescription, 'arithmetic'>): string | undefined {
  if (!arithmetic) return undefined
  const odd = [arithmetic.width, arithmetic.height].find(({ isWhole }) => !isWhole)
  return odd && text('model.arithmetic.notWhole', { floor: odd.floor, ceil: odd.ceil })
}
