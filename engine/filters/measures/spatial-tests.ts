import { cosineTransform } from '../statistics/cosine-transform.ts'
import type { Values } from '../statistics/inner-product.ts'
import { type DirectionNull, concentrationOf, directionNull, filterNull } from '../nulls/direction-null.ts'
import type { NullLibrary } from '../nulls/null-library.ts'
import type { NullTable } from '../nulls/null-table.ts'
import { sharedPatternNull } from '../nulls/shared-pattern-null.ts'
import type { Measure } from './measure.ts'
import { type SharedPattern, sharedPattern } from './shared-pattern.ts'
import { type WaveEnergy, waveEnergy } from './wave-energy.ts'

/** Filters taken apart into spatial waves, each slice without its mean. */
export interface Waves {
  /** [count, channels, waves] */
  readonly coefficients: Values
  readonly count: number
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** The waves of `count` filters [channels, height, width]; in float32 where `rows` is. */
export function takeApart(rows: Values, count: number, channels: number, height: number, width: number): Waves {
  const transform = cosineTransform(height, width)
  const slices = count * channels
  const size = slices * transform.waves
  const coefficients = rows instanceof Float32Array ? new Float32Array(size) : new Float64Array(size)
  for (let slice = 0; slice < slices; slice++) {
    transform.apply(rows, slice * height * width, coefficients, slice * transform.waves)
  }
  return { coefficients, count, channels, height, width }
}

export interface SpatialTests {
  /** For each filter: smooth, spectrum, and shared where it has slices to share among. */
  readonly filters: readonly (readonly Measure[])[]
  /** The spectrum of all filters together, each with the same energy. */
  readonly pooled: Measure
}

/** The tests of spatial structure; undefined where a slice has fewer than three weights. */
export async function spatialTests(waves: Waves, library: NullLibrary): Promise<SpatialTests | undefined> {
  const { count, channels, height, width } = waves
  const transform = cosineTransform(height, width)
  if (transform.waves < 2 || count === 0) return undefined
  const all = Array.from({ length: count }, (_, filter) => energiesOf(waves, filter))
  const energies = all.map((entry) => waveEnergy(entry.energies, 0, transform))
  const nulls = await Promise.all(all.map(({ concentration }) => filterNull(library, height, width, concentration)))
  const shared = channels > 1 ? await sharedTests(waves, all, library) : undefined
  const filters = energies.map((energy, filter) => [
    ...directionMeasures(energy, nulls[filter] as DirectionNull),
    ...(shared?.[filter] ?? []),
  ])
  return { filters, pooled: await pooledSpectrum(all, waves, library) }
}

function directionMeasures({ roughness, spectrum }: WaveEnergy, directions: DirectionNull): Measure[] {
  const twoSided = 2 * Math.min(directions.roughness.upperTail(roughness), directions.roughness.lowerTail(roughness))
  return [
    { id: 'smooth', value: roughness, p: Math.min(1, twoSided), distribution: directions.roughness },
    { id: 'spectrum', value: spectrum, p: directions.spectrum.upperTail(spectrum), distribution: directions.spectrum },
  ]
}

async function sharedTests(
  waves: Waves,
  filters: readonly FilterEnergies[],
  library: NullLibrary,
): Promise<Measure[][]> {
  const size = waves.height * waves.width - 1
  const patterns = filters.map(({ ofSlices }, filter) =>
    sharedPattern(waves.coefficients, filter * waves.channels * size, ofSlices, size),
  )
  return Promise.all(patterns.map((pattern) => sharedMeasure(pattern, waves.channels, size, library)))
}

/** None where a filter has one slice only: that shares with nobody. */
async function sharedMeasure(
  { share, slices }: SharedPattern,
  channels: number,
  size: number,
  library: NullLibrary,
): Promise<Measure[]> {
  if (slices < 2) return []
  const table: NullTable = await sharedPatternNull(library, slices, channels, size)
  return [{ id: 'shared', value: share, p: table.upperTail(share), distribution: table }]
}

interface FilterEnergies {
  /** Of every wave, all slices together. */
  readonly energies: Float64Array
  /** Of every slice, all waves together. */
  readonly ofSlices: Float64Array
  readonly concentration: number
}

function energiesOf({ coefficients, channels, height, width }: Waves, filter: number): FilterEnergies {
  const size = height * width - 1
  const energies = new Float64Array(size)
  const ofSlices = new Float64Array(channels)
  let total = 0
  let squares = 0
  for (let channel = 0; channel < channels; channel++) {
    const offset = (filter * channels + channel) * size
    let slice = 0
    for (let wave = 0; wave < size; wave++) {
      const energy = (coefficients[offset + wave] as number) ** 2
      energies[wave] = (energies[wave] as number) + energy
      slice += energy
    }
    ofSlices[channel] = slice
    total += slice
    squares += slice ** 2
  }
  // As many slices of equal strength would spread the energy as much.
  const effectiveSlices = total ** 2 / squares
  return { energies, ofSlices, concentration: Math.max(0.5, concentrationOf(effectiveSlices, size)) }
}

/**
 * The spectrum of the mean of the filters' shares. On random filters that mean is, to two moments, one Dirichlet share with
 * the concentration that its variance asks for.
 */
async function pooledSpectrum(
  filters: readonly FilterEnergies[],
  { height, width }: Waves,
  library: NullLibrary,
): Promise<Measure> {
  const transform = cosineTransform(height, width)
  const size = transform.waves
  const mean = new Float64Array(size)
  let variance = 0
  for (const { energies, concentration } of filters) {
    const total = energies.reduce((sum, energy) => sum + energy, 0)
    energies.forEach((energy, wave) => {
      mean[wave] = (mean[wave] as number) + energy / total / filters.length
    })
    variance += 1 / (size * (size * concentration + 1) * filters.length ** 2)
  }
  const concentration = (1 / (variance * size) - 1) / size
  const directions = await directionNull(library, height, width, concentration)
  const { spectrum } = waveEnergy(mean, 0, transform)
  return {
    id: 'pooledSpectrum',
    value: spectrum,
    p: directions.spectrum.upperTail(spectrum),
    distribution: directions.spectrum,
  }
}
