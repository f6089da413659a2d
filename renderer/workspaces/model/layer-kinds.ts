import type { Component } from 'vue'
import { CircleDashed, Grid2x2, Grid3x3, Minimize2, Network, TrendingUp } from '@lucide/vue'
import type { LayerKind } from '../../../engine/protocol/architecture.ts'

/** The kinds of layers that can be added, in the order a network uses them. */
export const layerKinds: readonly { readonly kind: LayerKind; readonly icon: Component }[] = [
  { kind: 'conv', icon: Grid3x3 },
  { kind: 'relu', icon: TrendingUp },
  { kind: 'maxPool', icon: Minimize2 },
  { kind: 'averagePool', icon: Grid2x2 },
  { kind: 'dropout', icon: CircleDashed },
  { kind: 'fullyConnected', icon: Network },
]
