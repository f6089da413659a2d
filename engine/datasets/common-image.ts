import type { ImageSize } from '../protocol/settings.ts'

/** Longest side of the default size: larger pictures are only trained on when the settings ask for it. */
const DEFAULT_LONG_SIDE = 128

export interface CountedSize {
  readonly width: number
  readonly height: number
  readonly count: number
}

/** How often each size comes, the most frequent first. */
export function countSizes(
  sizes: readonly { readonly width: number; readonly height: number; readonly count?: number }[],
): CountedSize[] {
  const counts = new Map<string, { width: number; height: number; count: number }>()
  for (const { width, height, count = 1 } of sizes) {
    const key = `${width}×${height}`
    const known = counts.get(key)
    if (known) known.count += count
    else counts.set(key, { width, height, count })
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.width - b.width || a.height - b.height)
}

/** The size that pictures of these sizes are brought to: the most frequent one, at most 128 on the long side. */
export function commonImage([size]: readonly CountedSize[], areGrey: boolean): ImageSize {
  const { width, height } = size ?? { width: DEFAULT_LONG_SIDE, height: DEFAULT_LONG_SIDE }
  const scale = Math.min(1, DEFAULT_LONG_SIDE / Math.max(width, height))
  const scaled = (side: number) => Math.max(4, Math.round(side * scale))
  return { width: scaled(width), height: scaled(height), channels: areGrey ? 1 : 3, fit: 'crop' }
}
