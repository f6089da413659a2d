import { describeArchitecture } from '../../architectures/describe-architecture.ts'
import type { ArchitecturePreset } from '../../protocol/requests.ts'
import { columns } from './columns.ts'

/** What each preset comes to for the pictures of its source. */
export function presetsAsJson(presets: readonly ArchitecturePreset[]) {
  return presets.map(({ architecture, input, note, source }) => {
    const { parameters, multiplyAdds, layers, heads = [] } = describeArchitecture(architecture, input)
    return {
      name: architecture.name,
      parameters,
      /** Of auxiliary heads, which are not among `parameters`. */
      trainOnlyParameters: heads.reduce((sum, head) => sum + head.parameters, 0),
      multiplyAdds,
      input,
      note,
      source,
      layers: layers.map(({ name, kind, outputShape }) => ({ name, kind, outputShape })),
    }
  })
}

/** The same as a table, without the layers. */
export function presetsAsText(presets: readonly ArchitecturePreset[]): string {
  const rows = presetsAsJson(presets).map((preset) => {
    const { name, parameters, trainOnlyParameters, multiplyAdds, input, layers, source } = preset
    const { channels, height, width, classes } = input
    const counts = [layers.length, parameters, multiplyAdds].map((count) => count.toLocaleString('en'))
    if (trainOnlyParameters > 0) counts[1] += ` (+ ${trainOnlyParameters.toLocaleString('en')} in training)`
    return [name, ...counts, `${channels}×${height}×${width}, ${classes} classes`, source]
  })
  return columns([['network', 'layers', 'parameters', 'multiply-adds', 'input', 'source'], ...rows]).join('\n')
}
