import type { DataSummary } from '../../engine/protocol/data.ts'
import type { ModelSummary, Preprocessing } from '../../engine/protocol/models.ts'

/** Why a model cannot be trained further as things stand. */
export type Blocker =
  | { readonly kind: 'noImage' }
  | { readonly kind: 'channels'; readonly channels: number }
  | { readonly kind: 'noLayers' }
  /** Freezing up to `layer` gets past them, where it is given. */
  | { readonly kind: 'obstacles'; readonly count: number; readonly layer?: string }
  | { readonly kind: 'preprocessing' }
  | { readonly kind: 'classes'; readonly model: number; readonly data: number }
  | { readonly kind: 'headless' }
  | { readonly kind: 'allFrozen' }

export interface TuningChoices {
  readonly preprocessing?: Preprocessing | undefined
  readonly head: 'replace' | 'keep'
  /** Names of the layers that do not learn. */
  readonly frozen: ReadonlySet<string>
}

/** What stands in the way of training, the most fundamental first; undefined where nothing does. */
export function findBlocker(
  { image, layers, training, head, output }: ModelSummary,
  { preprocessing, head: headChoice, frozen }: TuningChoices,
  data: DataSummary | undefined,
): Blocker | undefined {
  if (!image) return { kind: 'noImage' }
  if (image.channels !== 1 && image.channels !== 3) return { kind: 'channels', channels: image.channels }
  if (layers.length === 0) return { kind: 'noLayers' }
  const { obstacles, freezeBelow } = training
  if (obstacles.length > 0) {
    const isPassed = freezeBelow !== undefined && isFrozenUpTo(layers, freezeBelow, frozen)
    if (!isPassed) {
      return {
        kind: 'obstacles',
        count: countNodes(obstacles),
        ...(freezeBelow !== undefined && { layer: freezeBelow }),
      }
    }
  }
  if (!preprocessing) return { kind: 'preprocessing' }
  if (headChoice === 'replace' && !head) return { kind: 'headless' }
  const classes = data?.classes.length
  if (headChoice === 'keep' && classes !== undefined && output.classes !== undefined && output.classes !== classes) {
    return { kind: 'classes', model: output.classes, data: classes }
  }
  const learning = layers.filter(({ name, trainable }) => trainable && !frozen.has(name))
  return learning.length === 0 && headChoice === 'keep' ? { kind: 'allFrozen' } : undefined
}

/** Whether every layer up to and with one of them is frozen. */
export function isFrozenUpTo(
  layers: readonly { readonly name: string }[],
  name: string,
  frozen: ReadonlySet<string>,
): boolean {
  const at = layers.findIndex((layer) => layer.name === name)
  return layers.slice(0, at + 1).every((layer) => frozen.has(layer.name))
}

/** How many nodes stand in the way: those that do for the same reason are one obstacle. */
export function countNodes(obstacles: ModelSummary['training']['obstacles']): number {
  return obstacles.reduce((sum, { others = [] }) => sum + 1 + others.length, 0)
}
