import type {
  Architecture,
  ArchitectureConcern,
  ArchitectureDescription,
  Layer,
  LayerDescription,
} from '../protocol/architecture.ts'

/**
 * More weights than this for each training picture are called too many: VGG-16, the largest well-known network for its
 * pictures, had 138 million for 1.28 million pictures, 108 each (Simonyan and Zisserman, 2015).
 */
const MOST_PARAMETERS_A_PICTURE = 200

/**
 * What can be built but is most likely not meant: windows larger than the map they slide over, maps that shrink to one
 * value while layers with windows follow, and more weights than the pictures can shape. Each is a full sentence.
 */
export function architectureConcerns(
  architecture: Architecture,
  description: ArchitectureDescription,
  trainingPictures: number,
): ArchitectureConcern[] {
  if (description.error !== undefined) return []
  const slid = architecture.layers.flatMap((layer, index) => {
    const described = description.layers[index]
    return isSlid(layer) && described?.arithmetic ? [{ layer, described, ...described.arithmetic }] : []
  })
  const concerns: ArchitectureConcern[] = []
  for (const { layer, height, width } of slid) {
    const isLarger = height.kernel > height.input || width.kernel > width.input
    // Behind a map of one value, the layer that left it is to blame.
    if (!isLarger || (height.input === 1 && width.input === 1)) continue
    const window = `${height.kernel}×${width.kernel}`
    const map = `${height.input}×${width.input}`
    const message = `The window of "${layer.name}" is ${window} but its map only ${map}, so much of what it sees is padding; use a smaller window, or fewer strides and pools before it.`
    concerns.push({ layer: layer.name, message })
  }
  const shrunk = slid.findIndex(
    ({ described, height, width }) => isOneValue(described) && height.input * width.input > 1,
  )
  const after = shrunk < 0 ? [] : slid.slice(shrunk + 1).filter(({ layer }) => layer.kernel.some((size) => size > 1))
  const { layer } = slid[shrunk] ?? {}
  const [next] = after
  if (layer && next) {
    const count = after.length === 1 ? 'a layer with a window follows' : `${after.length} layers with windows follow`
    const message = `"${layer.name}" leaves maps of 1×1 though ${count} (first "${next.layer.name}"), which then see nothing but padding around one value; remove a pool or stride before it, or take larger pictures.`
    concerns.push({ layer: layer.name, message })
  }
  return [...concerns, ...tooManyParameters(description, trainingPictures)]
}

function tooManyParameters({ parameters }: ArchitectureDescription, trainingPictures: number): ArchitectureConcern[] {
  const each = parameters / Math.max(1, trainingPictures)
  if (each <= MOST_PARAMETERS_A_PICTURE) return []
  const [all, pictures, share] = [parameters, trainingPictures, Math.round(each)].map((count) =>
    count.toLocaleString('en'),
  )
  return [
    {
      message: `${all} parameters for ${pictures} training pictures are ${share} for each (VGG-16 had 108): the network can learn the pictures by heart; take a smaller one, change the pictures at random, or start from a trained model.`,
    },
  ]
}

type SlidLayer = Extract<Layer, { kernel: readonly number[] }>

function isSlid(layer: Layer): layer is SlidLayer {
  return 'kernel' in layer
}

function isOneValue({ outputShape: [, height, width] }: LayerDescription): boolean {
  return height === 1 && width === 1
}
