/** Tensors of the graphs around the layers: a layer of that name would be taken for it. */
const taken: ReadonlySet<string> = new Set([
  'image',
  'flat',
  'logits',
  'pixels',
  'labels',
  'classes',
  'loss',
  'correct',
  'learningRate',
  'effectiveLearningRate',
  'step',
  'weightSum',
  'stepCount',
  'all-pixels',
  'all-labels',
  'always',
  'iteration',
  'condition',
  'steps',
  'losses',
  'corrects',
  'learningRates',
  'weightSums',
])

/** True for names that the graphs around a network give to tensors of their own. */
export function isReservedName(name: string): boolean {
  return taken.has(name)
}

/** Why a layer cannot have this name, as the end of a sentence; undefined where it can. */
export function nameConflict(name: string): string | undefined {
  if (taken.has(name)) return `"${name}" is the name of something else in the training graph`
  if (/[/:]/.test(name)) return 'names with "/" or ":" belong to the parts that training adds'
  return /\.(weight|bias|mean|variance)$/.test(name) ? 'names that end so belong to the weights of a layer' : undefined
}
