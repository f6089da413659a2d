/** How many steps an epoch has, and of how many pictures each: a last batch that is not full is left out. */
export function epochSize(
  batchSize: number,
  trainingPictures: number,
): { readonly batchSize: number; readonly stepsPerEpoch: number } {
  const size = Math.min(batchSize, trainingPictures)
  return { batchSize: size, stepsPerEpoch: size === 0 ? 0 : Math.floor(trainingPictures / size) }
}
