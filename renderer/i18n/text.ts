import { createI18n } from 'vue-i18n'
import { english } from './en/messages.ts'

type Leaves<Tree, Prefix extends string = ''> = {
  [Name in keyof Tree & string]: Tree[Name] extends string
    ? `${Prefix}${Name}`
    : Leaves<Tree[Name], `${Prefix}${Name}.`>
}[keyof Tree & string]

/** The dotted name of a message, checked when the code is compiled. */
export type MessageKey = Leaves<typeof english>

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en: english },
})

/** The message in the language in use; a value called `count` chooses between its singular and plural form. */
export function text(key: MessageKey, values: Record<string, string | number> = {}): string {
  const count = values['count']
  return typeof count === 'number' ? i18n.global.t(key, values, count) : i18n.global.t(key, values)
}
