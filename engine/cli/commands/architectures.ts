import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { formatArchitecture } from '../../architectures/architecture-file.ts'
import { ArchitectureError, buildNetwork } from '../../architectures/build-network.ts'
import { findPreset, presets } from '../../architectures/presets/presets.ts'
import { scaleWidth } from '../../architectures/scale-width.ts'
import { writeModel } from '../../onnx/write-model.ts'
import type { InputShape } from '../../protocol/architecture.ts'
import { InputError } from '../input-error.ts'
import { integer, positiveNumber } from '../option-parsers.ts'
import { readArchitecture } from '../read-architecture.ts'
import { presetsAsJson, presetsAsText } from '../report/architecture-report.ts'

interface ArchitectureOptions {
  readonly json?: true
  readonly onnx?: string
  readonly yaml?: string
  readonly classes?: number
  readonly size?: number
  readonly channels?: number
  readonly width?: number
  readonly seed?: number
}

const largestSide = 4096
const mostClasses = 1_000_000
const widest = 64

/** `filterscope architectures`: the networks to start from, and one of them as a file. */
export function architecturesCommand(): Command {
  return new Command('architectures')
    .description('list the networks to start from, or write one with fresh weights')
    .argument('[network]', 'one of the list, or a .yaml file')
    .option('--json', 'print one JSON array')
    .option('--onnx <file>', 'write the network with fresh weights as an ONNX file')
    .option('--yaml <file>', 'write its layers as a YAML file, to change and use with train --arch')
    .option('--classes <count>', 'with --onnx: classes (default: as in its paper)', integer(2, mostClasses))
    .option('--size <pixels>', 'with --onnx: height and width of a picture', integer(1, largestSide))
    .option('--channels <count>', 'with --onnx: 1 for grey pictures, 3 for colours', integer(1, 3))
    .option('--width <factor>', 'times as many filters and units in every layer', positiveNumber(widest))
    .option('--seed <number>', 'with --onnx: the same seed draws the same weights', integer(0, Number.MAX_SAFE_INTEGER))
    .action((network: string | undefined, options: ArchitectureOptions) => {
      if (network === undefined) list(options)
      else write(network, options)
    })
}

function list({ json, ...others }: ArchitectureOptions): void {
  const [lost] = Object.keys(others)
  if (lost !== undefined) throw new InputError(`--${lost} is about one network; name it before its options.`)
  process.stdout.write(`${json ? JSON.stringify(presetsAsJson(presets)) : presetsAsText(presets)}\n`)
}

function write(network: string, options: ArchitectureOptions): void {
  const { onnx, yaml, width = 1, seed = 0 } = options
  if (options.json) throw new InputError('--json lists all networks; leave out the name of one.')
  if (onnx === undefined && yaml === undefined) {
    throw new InputError(`Say what to write of "${network}": --onnx FILE for a model, --yaml FILE for its layers.`)
  }
  const architecture = scaleWidth(readArchitecture(network), width)
  if (yaml !== undefined) save(yaml, formatArchitecture(architecture))
  if (onnx === undefined) return
  const usual = findPreset(network)?.input ?? { channels: 3, height: 224, width: 224, classes: 1000 }
  const channels = options.channels ?? usual.channels
  if (channels === 2) throw new InputError('--channels 2 fits no picture: take 1 for grey ones or 3 for colours.')
  const input: InputShape = {
    channels: channels as InputShape['channels'],
    height: options.size ?? usual.height,
    width: options.size ?? usual.width,
    classes: options.classes ?? usual.classes,
  }
  save(onnx, encode(architecture, input, seed))
}

function encode(architecture: Parameters<typeof buildNetwork>[0], input: InputShape, seed: number): Uint8Array {
  // Without data there is nothing to normalise by but the middle of the range.
  const half = Array.from({ length: input.channels }, () => 0.5)
  try {
    const graph = buildNetwork(architecture, input, { mean: half, standardDeviation: half }, 'heNormal', seed)
    return writeModel({ graph })
  } catch (error) {
    if (error instanceof ArchitectureError) throw new InputError(error.message, { cause: error })
    throw error
  }
}

function save(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(resolve(path), content)
  } catch (error) {
    throw new InputError(`${path} cannot be written: ${(error as Error).message}; choose another place.`, {
      cause: error,
    })
  }
}
