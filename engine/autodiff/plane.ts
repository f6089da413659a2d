import { elementCount } from '../onnx/graph.ts'
import type { ForwardNode } from './rule.ts'

/** Why a pool over whole planes [N,C,...] whose size only the run knows has no gradient here. */
export function refusesUnknownPlane(node: ForwardNode): string | undefined {
  const isUnknown = node
    .inputDims(0)
    .slice(2)
    .some((size) => typeof size === 'string')
  return isUnknown ? 'the height and width of its input are not known before the run.' : undefined
}

/** Elements of a plane of input 0, which `refusesUnknownPlane` takes. */
export function planeSize(node: ForwardNode): number {
  return elementCount(node.inputDims(0).slice(2) as readonly number[])
}
