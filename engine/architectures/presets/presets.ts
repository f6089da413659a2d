import type { ArchitecturePreset } from '../../protocol/requests.ts'
import { alexNet, zfNet } from './alexnet.ts'
import { googLeNet, googLeNetWithHeads } from './googlenet.ts'
import { lenet5, multilayerPerceptron, small } from './lenet.ts'
import { cifarResNets, resNets } from './resnet.ts'
import { vggNetworks } from './vgg.ts'

/** In the order of their years, behind the one to start with. */
export const presets: readonly ArchitecturePreset[] = [
  small,
  multilayerPerceptron,
  lenet5,
  alexNet,
  zfNet,
  ...vggNetworks,
  googLeNet,
  googLeNetWithHeads,
  ...cifarResNets,
  ...resNets,
]

/** The preset called `name`; undefined where there is none. */
export function findPreset(name: string): ArchitecturePreset | undefined {
  return presets.find((preset) => preset.architecture.name === name)
}
