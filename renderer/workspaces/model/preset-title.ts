import { text } from '../../i18n/text.ts'

/** A network's name for a person: that of a preset, a changed one, or the name it was given. */
export function networkTitle(name: string): string {
  const edited = /^(.+)-edited$/.exec(name)
  if (edited?.[1]) return text('model.presets.edited', { name: networkTitle(edited[1]) })
  if (name === 'lenet5') return text('model.presets.lenet5')
  if (name === 'small') return text('model.presets.small')
  return name
}
