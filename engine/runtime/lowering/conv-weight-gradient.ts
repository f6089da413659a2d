import type { Node } from '../../onnx/graph.ts'
import { intsAttribute } from '../../onnx/graph.ts'
import type { Site } from './site.ts'
import { type Window, windowOf } from './window-node.ts'

/** The gradient of a two-dimensional convolution's kernel, as its rule emits it; sizes are [vertical, horizontal]. */
export interface WeightGradient {
  /** x [N,Ci,H,W] and dY [N,Co,Ho,Wo]. */
  readonly x: string
  readonly dY: string
  readonly inputChannels: number
  readonly outputChannels: number
  readonly inputSize: readonly [number, number]
  readonly outputSize: readonly [number, number]
  readonly kernel: readonly [number, number]
  /** Of the forward convolution. */
  readonly stride: readonly [number, number]
  readonly dilation: readonly [number, number]
  readonly padBegin: readonly [number, number]
  readonly padEnd: readonly [number, number]
}

const swapsBatchAndChannels = '1,0,2,3'

/**
 * Recognises dW = Transpose(cut?(Conv(Transpose(x), Transpose(dY)))), every Transpose swapping batch and channels, one
 * group. Only the batch may be of unknown size.
 */
export function matchWeightGradient(node: Node, site: Site): WeightGradient | undefined {
  if (!isSwap(node)) return undefined
  const cut = site.producedBy(node.inputs[0] as string, 'Slice')
  const correlation = site.producedBy(cut?.inputs[0] ?? (node.inputs[0] as string), 'Conv')
  const slide = correlation && windowOf(correlation)
  if (correlation === undefined || correlation.inputs.length > 2 || slide === undefined || slide.group !== 1) {
    return undefined
  }
  const input = site.producer(correlation.inputs[0] as string)
  const kernel = site.producer(correlation.inputs[1] as string)
  if (input === undefined || kernel === undefined || !isSwap(input) || !isSwap(kernel)) return undefined
  return measured(input.inputs[0] as string, kernel.inputs[0] as string, node.outputs[0] as string, slide, site)
}

function measured(x: string, dY: string, dW: string, slide: Window, site: Site): WeightGradient | undefined {
  const [, inputChannels, ...inputSize] = site.dims(x) ?? []
  const [, outputChannels, ...outputSize] = site.dims(dY) ?? []
  const kernel = site.knownDims(dW)?.slice(2)
  const known = [inputChannels, outputChannels, ...inputSize, ...outputSize].every((size) => typeof size === 'number')
  if (!known || kernel?.length !== 2 || inputSize.length !== 2 || outputSize.length !== 2) return undefined
  return {
    x,
    dY,
    inputChannels: inputChannels as number,
    outputChannels: outputChannels as number,
    inputSize: inputSize as unknown as readonly [number, number],
    outputSize: outputSize as unknown as readonly [number, number],
    kernel: kernel as unknown as readonly [number, number],
    // The rule lets stride and dilation change places.
    stride: slide.dilation,
    dilation: slide.stride,
    padBegin: slide.padBegin,
    padEnd: slide.padEnd,
  }
}

function isSwap(node: Node): boolean {
  return node.opType === 'Transpose' && intsAttribute(node, 'perm')?.join() === swapsBatchAndChannels
}
