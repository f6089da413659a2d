import { formatValue } from '../../drawing/value-scale.ts'
import { i18n } from '../../i18n/text.ts'

/** A weight, activation or measure in three significant digits and the decimal sign of the language in use. */
export function weightText(value: number): string {
  const decimal = new Intl.NumberFormat(i18n.global.locale.value)
    .formatToParts(1.5)
    .find((part) => part.type === 'decimal')
  return formatValue(value).replace('.', decimal?.value ?? '.')
}

/** A number with a fixed count of decimals and a true minus sign. */
export function decimalText(value: number, decimals: number): string {
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  return new Intl.NumberFormat(i18n.global.locale.value, options).format(value).replace('-', '−')
}
