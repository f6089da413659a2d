import type { RandomStream } from '../../random/stream.ts'
import { waveEnergy } from '../measures/wave-energy.ts'
import { cosineTransform } from '../statistics/cosine-transform.ts'
import { gammaVariate } from '../statistics/gamma-variate.ts'
import type { NullLibrary, NullRecipe } from './null-library.ts'
import type { NullTable } from './null-table.ts'

/**
 * The null of a filter's spatial waves: each slice points in a random direction and the strengths of the slices are
 * arbitrary. The shares of the waves then follow, to two moments, a Dirichlet distribution whose one parameter grows with
 * the number of slices that carry the energy.
 */
export interface DirectionNull {
  readonly concentration: number
  readonly roughness: NullTable
  readonly spectrum: NullTable
}

const SMALLEST = 0.5
const STEP = Math.log(2048 / SMALLEST) / 59

/** The Dirichlet parameter of a filter whose energy lies evenly on `effectiveSlices` slices of `waves` waves. */
export function concentrationOf(effectiveSlices: number, waves: number): number {
  return (effectiveSlices * (waves / 2 + 1) - 1) / waves
}

/** The table at or just below a filter's concentration: a little wider than the truth, so never a false alarm more. */
export function directionNullBelow(
  library: NullLibrary,
  height: number,
  width: number,
  concentration: number,
): Promise<DirectionNull> {
  const position = Math.log(Math.max(concentration, SMALLEST) / SMALLEST) / STEP
  return directionNull(library, height, width, Math.floor(position + 1e-9))
}

/** The table nearest to a concentration, for statistics that are brought to the table's own. */
export function directionNullNear(
  library: NullLibrary,
  height: number,
  width: number,
  concentration: number,
): Promise<DirectionNull> {
  const position = Math.log(Math.max(concentration, SMALLEST) / SMALLEST) / STEP
  return directionNull(library, height, width, Math.round(position))
}

async function directionNull(
  library: NullLibrary,
  height: number,
  width: number,
  index: number,
): Promise<DirectionNull> {
  const concentration = SMALLEST * Math.exp(STEP * index)
  const [roughness, spectrum] = await library.tablesOf(directionRecipe(height, width, index, concentration))
  return { concentration, roughness: roughness as NullTable, spectrum: spectrum as NullTable }
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
