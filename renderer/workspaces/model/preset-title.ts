import { text } from '../../i18n/text.ts'

const presetNames = [
  'small',
  'mlp',
  'lenet5',
  'alexnet',
  'zfnet',
  'vgg11',
  'vgg16',
  'vgg19',
  'googlenet',
  'googlenet-heads',
  'resnet20-cifar',
  'resnet56-cifar',
  'resnet18',
  'resnet34',
  'resnet50',
  'resnet101',
  'resnet152',
] as const

/** A network's name for a person: that of a preset, a changed one, or the name it was given. */
export function networkTitle(name: string): string {
  const edited = /^(.+)-edited$/.exec(name)
  if (edited?.[1]) return text('model.presets.edited', { name: networkTitle(edited[1]) })
  const preset = presetNames.find((known) => known === name)
  return preset ? text(`model.presets.${preset}`) : name
}
