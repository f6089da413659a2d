import { i18n, text } from './text.ts'

const formats = new Map<string, Intl.NumberFormat>()

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const locale = i18n.global.locale.value
  const key = locale + JSON.stringify(options)
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, options)))
  return format
}

/** 61,706 */
export function formatInteger(value: number): string {
  return numberFormat({ maximumFractionDigits: 0 }).format(value)
}

/** At most `digits` significant digits: 0.1307, 12.5, 416 k stays 416,000. */
export function formatNumber(value: number, digits = 4): string {
  return numberFormat({ maximumSignificantDigits: digits }).format(value)
}

/** A number with a fixed count of decimals and a true minus sign. */
export function formatDecimals(value: number, decimals: number): string {
  return numberFormat({ minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .format(value)
    .replace('-', '−')
}

const decimalSigns = new Map<string, string>()

/** What stands between whole and parts in the language in use. Making a format costs more than all that is written with it. */
export function decimalSign(): string {
  const locale = i18n.global.locale.value
  let sign = decimalSigns.get(locale)
  if (sign === undefined) {
    sign = new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === 'decimal')?.value ?? '.'
    decimalSigns.set(locale, sign)
  }
  return sign
}

/** A large count in short: 1.81B, 61.7K. */
export function formatCompact(value: number): string {
  return numberFormat({ notation: 'compact', maximumSignificantDigits: 3 }).format(value)
}

/** A share of 1 as percent: 0.987 is 98.7 %. */
export function formatPercent(share: number, digits = 1): string {
  return numberFormat({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(share)
}

/** Bytes in powers of 1,000, as file managers state them. */
export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const unit = units[power] ?? 'byte'
  return numberFormat({ style: 'unit', unit, maximumSignificantDigits: 3 }).format(bytes / 1000 ** power)
}

/** A time that is only roughly known, in milliseconds: 8.4 ms, 120 ms, 2.3 s, 95 s. */
export function formatShortTime(milliseconds: number): string {
  const isShort = milliseconds < 995
  const value = isShort ? milliseconds : milliseconds / 1000
  const unit = isShort ? 'millisecond' : 'second'
  return numberFormat({ style: 'unit', unit, maximumSignificantDigits: 2 }).format(value)
}

/** Seconds as 8 s, 2 min 5 s, 1 h 12 min. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return text('shell.duration.seconds', { seconds: whole })
  if (whole < 3600) return text('shell.duration.minutes', { minutes: Math.floor(whole / 60), seconds: whole % 60 })
  return text('shell.duration.hours', { hours: Math.floor(whole / 3600), minutes: Math.floor((whole % 3600) / 60) })
}

/** An ISO time as a short local date and time. */
export function formatDate(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  return new Intl.DateTimeFormat(i18n.global.locale.value, { dateStyle: 'medium', timeStyle: 'short' }).format(date)
}
