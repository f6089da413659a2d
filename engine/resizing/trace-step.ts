import type { GraphFacts } from '../models/graph-facts.ts'
import type { Dimension, Node } from '../onnx/graph.ts'
import type { ChannelLayout } from './channel-layout.ts'

/** A value of which one axis holds what filters of the layer give. */
export interface TracedValue {
  readonly name: string
  readonly axis: number
  readonly layout: ChannelLayout
}

/** A constant input of a node with one axis along the filters. */
export interface ConstantSlice {
  readonly node: Node
  readonly input: number
  readonly axis: number
  readonly layout: ChannelLayout
  /** What it holds for a filter that is new: initial weights, or one number. */
  readonly fresh: 'weights' | number
}

/** One size of the shape that a Reshape asks for. */
export interface ReshapeTarget {
  readonly axis: number
  readonly layout: ChannelLayout
  /** What is reshaped. */
  readonly data: TracedValue
  /** The axis is joined with no other one. */
  readonly isAlone: boolean
}

/** What a rule finds at a node. */
export interface TraceStep {
  /** What the node gives, where that is still kept apart by filter. */
  readonly outputs?: readonly TracedValue[]
  readonly slices?: readonly ConstantSlice[]
  /** Inputs at which the filters are mixed. */
  readonly readAt?: readonly number[]
  /** The `group` of a depthwise convolution, which counts along this layout. */
  readonly groups?: ChannelLayout
  /** The size of this axis in the shape that a Reshape asks for. */
  readonly target?: ReshapeTarget
  readonly obstacle?: string
}

/** What rules may ask of the graph. */
export interface TraceContext {
  readonly facts: GraphFacts
  readonly filters: number
  readonly traced: (name: string) => TracedValue | undefined
  readonly dims: (name: string) => readonly Dimension[] | undefined
}
