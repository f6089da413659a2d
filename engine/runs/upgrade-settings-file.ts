import { z } from 'zod'

/** Up to format 1 every run trained a list of layers, which lay in the settings as it is. */
const formatOneSchema = z.looseObject({
  formatVersion: z.literal(1),
  settings: z.looseObject({ architecture: z.unknown() }),
})

/** The content of settings.json of any older format, as the newest has it; what is none of those stays as it is. */
export function upgradeSettingsFile(file: unknown): unknown {
  const { data: old } = formatOneSchema.safeParse(file)
  if (old === undefined) return file
  const { architecture, ...rest } = old.settings
  return { ...old, formatVersion: 2, settings: { ...rest, network: { kind: 'layers', architecture } } }
}
