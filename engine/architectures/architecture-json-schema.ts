import { z } from 'zod'
import { architectureSchema, headSchema, paddingSchema, pairSchema } from '../protocol/architecture.ts'

/** The JSON schema of an architecture's file as parseArchitecture reads it: editors check and complete by it. */
export function architectureJsonSchema(): object {
  const schema = z.toJSONSchema(architectureSchema, {
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === pairSchema || zodSchema === paddingSchema) {
        const number = { type: 'integer', minimum: zodSchema === pairSchema ? 1 : 0 } as const
        const both = { type: 'array', items: number, minItems: 2, maxItems: 2 } as const
        delete jsonSchema.type
        delete jsonSchema.prefixItems
        delete jsonSchema.items
        Object.assign(jsonSchema, { anyOf: [number, both], description: 'One number, or height and width.' })
      }
      const { from, ...others } = jsonSchema.properties ?? {}
      if (typeof from === 'object' && zodSchema !== headSchema) {
        jsonSchema.properties = { ...others, from: { anyOf: [{ type: 'string' }, from] } }
        const optional = new Set(['stride', 'padding'])
        const isShortcut = others['channels'] !== undefined
        if (!isShortcut) jsonSchema.required = (jsonSchema.required ?? []).filter((field) => !optional.has(field))
      }
    },
  })
  return { title: 'A network as Filterscope reads it', ...schema }
}
