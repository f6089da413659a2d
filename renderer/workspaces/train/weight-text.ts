import { formatValue } from '../../drawing/value-scale.ts'
import { decimalSign } from '../../i18n/format.ts'

/** A weight, activation or measure in three significant digits and the decimal sign of the language in use. */
export function weightText(value: number): string {
  return formatValue(value).replace('.', decimalSign())
}
