import { join } from 'node:path'
import { createAugmenter } from '../../engine/datasets/augmentation/augmenter.ts'
import { type Augmentation, augmentationSchema } from '../../engine/protocol/augmentation.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { type BenchRow, median } from './bench-row.ts'
import { trainWithEngine } from './train-with-engine.ts'

const rounds = 5
const trainingRounds = 3
const secondsPerRound = 6

/** What most people ask for: a geometric pass and one over the colours. */
const changes = augmentationSchema.parse({
  flipHorizontal: true,
  shift: 2,
  rotation: 10,
  scale: 0.1,
  brightness: 0.2,
  contrast: 0.2,
})

/**
 * The budgets are ten times what a small network for such pictures trains in a second on two cores (LeNet-5, ResNet-20,
 * SqueezeNet, rounded up), so that training waits for its pictures less than a tenth of its time.
 */
const sizes = [
  { side: 28, channels: 1, pictures: 4096, budget: 20_000 },
  { side: 32, channels: 3, pictures: 2048, budget: 6000 },
  { side: 224, channels: 3, pictures: 48, budget: 100 },
] as const

/** LeNet trained on changed pictures and on pictures as they are, by turns. */
export async function measureAugmentedTraining(
  programFolder: string,
  dataFolder: string,
  folder: string,
): Promise<BenchRow[]> {
  const [changed, plain]: [number[], number[]] = [[], []]
  for (let round = 0; round < trainingRounds; round++) {
    const train = async (name: string, augmentation?: Augmentation) => {
      const runFolder = join(folder, `${name}-${round}`)
      return (await trainWithEngine(programFolder, dataFolder, runFolder, secondsPerRound, augmentation))
        .imagesPerSecond
    }
    plain.push(await train('plain'))
    changed.push(await train('changed', changes))
  }
  const ratio = median(changed.map((speed, round) => speed / (plain[round] as number)))
  const [value, peerValue] = [median(changed), median(plain)]
  return [{ name: 'lenet-changed-pictures', value, unit: 'images/s', peer: 'pictures as they are', peerValue, ratio }]
}

/** How many pictures are changed at random in a second, on the one thread that does it. */
export function measureAugmentation(): BenchRow[] {
  return sizes.map(({ side, channels, pictures, budget }) => {
    const bytes = side * side * channels
    const stream = randomStream('augmentation bench')
    const all = Uint8Array.from({ length: pictures * bytes }, () => stream.integer(256))
    const means = Array<number>(channels).fill(0.5)
    const augment = createAugmenter(changes, { width: side, height: side, channels }, means, 0)
    const speeds: number[] = []
    for (let round = 0; round < rounds; round++) {
      const begin = performance.now()
      for (let at = 0; at < pictures; at++) augment?.(all.subarray(at * bytes, (at + 1) * bytes), round, at)
      speeds.push((1000 * pictures) / (performance.now() - begin))
    }
    const value = median(speeds)
    const name = `augment-${side}x${side}x${channels}`
    return { name, value, unit: 'images/s', peer: 'budget', peerValue: budget, ratio: value / budget }
  })
}
