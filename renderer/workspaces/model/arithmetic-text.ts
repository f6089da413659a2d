import type { LayerDescription, SizeArithmetic } from '../../../engine/protocol/architecture.ts'
import { formatNumber } from '../../i18n/format.ts'
import { text } from '../../i18n/text.ts'

function axisText({ input, kernel, padding, stride, exact, floor, ceil, isWhole }: SizeArithmetic): string {
  const result = isWhole
    ? String(floor)
    : text('model.arithmetic.notWhole', { exact: formatNumber(exact, 5), floor, ceil })
  return text('model.arithmetic.line', { input, kernel, padding, stride, result })
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

/** Whether a size is not whole, so that a network runs with its floor. */
export function isRounded({ arithmetic }: Pick<LayerDescription, 'arithmetic'>): boolean {
  return arithmetic !== undefined && !(arithmetic.height.isWhole && arithmetic.width.isWhole)
}
