import { type Node, intAttribute, stringAttribute } from '../../onnx/graph.ts'
import type { Site } from './site.ts'

/** The gradient of a MaxPool's input, as its rule emits it. */
export interface MaxPoolGradient {
  readonly pool: Node
  readonly x: string
  readonly y: string
  readonly dY: string
}

/** Recognises dX = Reshape(ScatterElements(zeros, Reshape(Indices of a MaxPool), Reshape(dY), reduction add)). */
export function matchMaxPoolGradient(node: Node, site: Site): MaxPoolGradient | undefined {
  if (node.opType !== 'Reshape') return undefined
  const scatter = site.producedBy(node.inputs[0] as string, 'ScatterElements')
  if (scatter === undefined || stringAttribute(scatter, 'reduction', 'none') !== 'add') return undefined
  const [zeros, flatIndices, flatGradients] = scatter.inputs as readonly [string, string, string]
  const indices = site.producedBy(flatIndices, 'Reshape')?.inputs[0]
  const dY = site.producedBy(flatGradients, 'Reshape')?.inputs[0]
  const pool = indices === undefined ? undefined : site.producedBy(indices, 'MaxPool')
  if (dY === undefined || pool?.outputs[1] !== indices || intAttribute(pool as Node, 'storage_order', 0) !== 0) {
    return undefined
  }
  const fill = site.producedBy(zeros, 'ConstantOfShape')?.attributes['value']
  if (site.producedBy(zeros, 'ConstantOfShape') === undefined || fill !== undefined) return undefined
  const [x, y] = [pool?.inputs[0], pool?.outputs[0]]
  return x === undefined || y === undefined || pool === undefined ? undefined : { pool, x, y, dY }
}

/** All gradients that follow a MaxPool's Indices; undefined where somebody reads them for another reason. */
export function gradientsBehind(pool: Node, site: Site): readonly MaxPoolGradient[] | undefined {
  const indices = pool.outputs[1] ?? ''
  if (indices === '') return []
  if (site.isGraphOutput(indices)) return undefined
  const readersOf = (node: Node) => node.outputs.flatMap((name) => site.readers(name))
  const found: MaxPoolGradient[] = []
  for (const flat of site.readers(indices)) {
    const ends = readersOf(flat).flatMap(readersOf)
    const gradients = ends.map((end) => matchMaxPoolGradient(end, site))
    if (gradients.length === 0 || gradients.some((gradient) => gradient?.pool !== pool)) return undefined
    found.push(...gradients.filter((gradient) => gradient !== undefined))
  }
  return found
}
