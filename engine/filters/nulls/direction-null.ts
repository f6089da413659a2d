import type { RandomStream } from '../../random/stream.ts'
import { waveEnergy } from '../measures/wave-energy.ts'
import { cosineTransform } from '../statistics/cosine-transform.ts'
import { gammaVariate } from '../statistics/gamma-variate.ts'
import { digamma } from '../statistics/tail-probabilities.ts'
import type { NullLibrary, NullRecipe } from './null-library.ts'
import type { NullTable } from './null-table.ts'
import { StretchedTable } from './stretched-table.ts'

/**
 * The null of a filter's spatial waves: each slice points in a random direction and the strengths of the slices are
 * arbitrary. The shares of the waves then follow, to two moments, a Dirichlet distribution whose one parameter grows with
 * the number of slices that carry the energy.
 */
export interface DirectionNull {
  readonly roughness: StretchedTable
  readonly spectrum: StretchedTable
}

const SMALLEST = 0.5
const STEP = Math.log(2048 / SMALLEST) / 59

/** The Dirichlet parameter of a filter whose energy lies evenly on `effectiveSlices` slices of `waves` waves. */
export function concentrationOf(effectiveSlices: number, waves: number): number {
  return (effectiveSlices * (waves / 2 + 1) - 1) / waves
}

/** From 7×7 on, a filter's spectrum varies so little that a step of the grid is a third of a deviation, from 9×9 on half of one. */
const FINE_WAVES = 48

/**
 * The null of a filter. In small slices that of the grid at or just below its concentration: a little wider than the
 * truth, so never a false alarm more. In large ones that would hide what is there, so the null is the filter's own.
 */
export function filterNull(
  library: NullLibrary,
  height: number,
  width: number,
  concentration: number,
): Promise<DirectionNull> {
  if (cosineTransform(height, width).waves >= FINE_WAVES) return directionNull(library, height, width, concentration)
  const index = Math.floor(positionOf(concentration) + 1e-9)
  return directionNull(library, height, width, SMALLEST * Math.exp(STEP * index))
}

/**
 * The null at any concentration, from the table of the nearest on a grid: roughness is stretched about its mean of 1 to
 * the deviation that it has at this concentration, and the spectrum to its mean, both of which are known.
 */
export async function directionNull(
  library: NullLibrary,
  height: number,
  width: number,
  concentration: number,
): Promise<DirectionNull> {
  const { waves } = cosineTransform(height, width)
  const index = Math.round(positionOf(concentration))
  const drawn = SMALLEST * Math.exp(STEP * index)
  const [roughness, spectrum] = await library.tablesOf(directionRecipe(height, width, index, drawn))
  const deviation = Math.sqrt((waves * drawn + 1) / (waves * concentration + 1))
  const mean = meanSpectrum(waves, concentration) / meanSpectrum(waves, drawn)
  return {
    roughness: new StretchedTable(roughness as NullTable, 1, deviation),
    spectrum: new StretchedTable(spectrum as NullTable, 0, mean),
  }
}

function positionOf(concentration: number): number {
  return Math.log(Math.max(concentration, SMALLEST) / SMALLEST) / STEP
}

/** The mean of ln waves + Σ p ln p for shares that follow a symmetric Dirichlet distribution. */
function meanSpectrum(waves: number, concentration: number): number {
  return Math.log(waves) + digamma(concentration + 1) - digamma(waves * concentration + 1)
}

function directionRecipe(height: number, width: number, index: number, concentration: number): NullRecipe {
  const transform = cosineTransform(height, width)
  const energies = new Float64Array(transform.waves)
  return {
    key: `direction-${height}x${width}-${index}`,
    count: transform.waves <= 128 ? 20_000 : 5_000,
    statistics: 2,
    draw(stream: RandomStream) {
      for (let wave = 0; wave < transform.waves; wave++) energies[wave] = gammaVariate(concentration, stream)
      const { roughness, spectrum } = waveEnergy(energies, 0, transform)
      return [roughness, spectrum]
    },
  }
}
