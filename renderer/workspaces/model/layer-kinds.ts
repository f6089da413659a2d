import type { Component } from 'vue'
import {
  ChartSpline,
  CircleDashed,
  Combine,
  CornerDownRight,
  Grid2x2,
  Grid3x3,
  Minimize2,
  Network,
  Plus,
  Rows3,
  Scaling,
  Sigma,
  SquareDot,
  TrendingUp,
} from '@lucide/vue'
import type { LayerKind } from '../../../engine/protocol/architecture.ts'

/** The kinds of layers that can be added, in the order a network uses them. */
export const layerKinds: readonly { readonly kind: LayerKind; readonly icon: Component }[] = [
  { kind: 'conv', icon: Grid3x3 },
  { kind: 'batchNorm', icon: Scaling },
  { kind: 'localResponseNorm', icon: Rows3 },
  { kind: 'relu', icon: TrendingUp },
  { kind: 'leakyRelu', icon: TrendingUp },
  { kind: 'elu', icon: ChartSpline },
  { kind: 'gelu', icon: ChartSpline },
  { kind: 'sigmoid', icon: ChartSpline },
  { kind: 'tanh', icon: ChartSpline },
  { kind: 'maxPool', icon: Minimize2 },
  { kind: 'averagePool', icon: Grid2x2 },
  { kind: 'globalAveragePool', icon: Sigma },
  { kind: 'globalMaxPool', icon: SquareDot },
  { kind: 'dropout', icon: CircleDashed },
  { kind: 'fullyConnected', icon: Network },
  { kind: 'add', icon: Plus },
  { kind: 'concat', icon: Combine },
  { kind: 'shortcut', icon: CornerDownRight },
]
