import type { Layer } from '../../engine/protocol/architecture.ts'

/** What layers are where they do not say otherwise: most are, and neither rows nor files repeat it. */
const usual: Readonly<Record<string, unknown>> = { dilation: [1, 1], groups: 1, bias: true, ceil: false }

const detailFields: Readonly<Partial<Record<Layer['kind'], readonly string[]>>> = {
  conv: ['dilation', 'groups', 'bias'],
  maxPool: ['ceil'],
  averagePool: ['ceil'],
}

const isUsual = (field: string, value: unknown): boolean => JSON.stringify(value) === JSON.stringify(usual[field])

/** Whether the layer has settings beyond the cells of its row. */
export function hasDetails(layer: Layer): boolean {
  return layer.kind === 'localResponseNorm' || detailFields[layer.kind] !== undefined
}

/** Whether any of them is not what layers of its kind usually have. */
export function hasUnusualDetails(layer: Layer): boolean {
  if (layer.kind === 'localResponseNorm') return true
  const values: Readonly<Record<string, unknown>> = layer
  return (detailFields[layer.kind] ?? []).some((field) => values[field] !== undefined && !isUsual(field, values[field]))
}

/** The layer with one setting changed; one that is as usual is left out of it. */
export function withDetail(layer: Layer, field: string, value: unknown): Layer {
  const others = Object.fromEntries(Object.entries(layer).filter(([name]) => name !== field))
  return (isUsual(field, value) && layer.kind !== 'localResponseNorm' ? others : { ...others, [field]: value }) as Layer
}
