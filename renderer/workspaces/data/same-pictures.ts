import type { DataSummary } from '../../../engine/protocol/data.ts'

/**
 * Whether two openings gave the same pictures in the same splits. Their means settle it: another seed or share puts
 * other pictures into the training split.
 */
export function hasSamePictures(one: DataSummary, other: DataSummary): boolean {
  const told = ({ title, counts, image, mean, standardDeviation }: DataSummary): string =>
    JSON.stringify([
      title,
      Object.entries(counts).toSorted(),
      Object.entries(image).toSorted(),
      mean,
      standardDeviation,
    ])
  return told(one) === told(other)
}
