import type { CosineTransform } from '../statistics/cosine-transform.ts'

/** The energy of a filter without each slice's flat wave, taken apart by spatial wave. */
export interface WaveEnergy {
  /** Σ over waves p · roughness / mean roughness, p the share of each wave: 1 for random weights, small for smooth. */
  readonly roughness: number
  /** ln waves + Σ p ln p, in nats: 0 where the energy lies evenly on all waves. */
  readonly spectrum: number
}

/** Both statistics of energies at `offset`, `transform.waves` of them in any unit. */
export function waveEnergy(energies: ArrayLike<number>, offset: number, transform: CosineTransform): WaveEnergy {
  const { waves, meanRoughness } = transform
  let total = 0
  for (let wave = 0; wave < waves; wave++) total += energies[offset + wave] as number
  let roughness = 0
  let negativeEntropy = 0
  for (let wave = 0; wave < waves; wave++) {
    const share = (energies[offset + wave] as number) / total
    roughness += share * (transform.roughness[wave] as number)
    if (share > 0) negativeEntropy += share * Math.log(share)
  }
  return { roughness: roughness / meanRoughness, spectrum: Math.log(waves) + negativeEntropy }
}
