import type { LayerOperator } from '../protocol/models.ts'

/** Which inputs of an operator are the weights of a layer. */
export interface WeightPlace {
  readonly operator: LayerOperator
  readonly weight: number
  readonly bias?: number
  /** For operators that take quantised weights. */
  readonly scale?: number
  readonly zeroPoint?: number
}

/** Every operator that slides or applies filters, by domain and name; integer ones too, which nothing here can train. */
const places: Readonly<Record<string, WeightPlace>> = {
  Conv: { operator: 'Conv', weight: 1, bias: 2 },
  ConvTranspose: { operator: 'ConvTranspose', weight: 1, bias: 2 },
  Gemm: { operator: 'Gemm', weight: 1, bias: 2 },
  MatMul: { operator: 'MatMul', weight: 1 },
  QLinearConv: { operator: 'Conv', weight: 3, bias: 8, scale: 4, zeroPoint: 5 },
  QLinearMatMul: { operator: 'MatMul', weight: 3, scale: 4, zeroPoint: 5 },
  ConvInteger: { operator: 'Conv', weight: 1, zeroPoint: 3 },
  MatMulInteger: { operator: 'MatMul', weight: 1, zeroPoint: 3 },
  'com.microsoft:FusedConv': { operator: 'Conv', weight: 1, bias: 2 },
  'com.microsoft:FusedGemm': { operator: 'Gemm', weight: 1, bias: 2 },
  'com.microsoft:QGemm': { operator: 'Gemm', weight: 3, bias: 6, scale: 4, zeroPoint: 5 },
  'com.microsoft:QLinearConv': { operator: 'Conv', weight: 3, bias: 8, scale: 4, zeroPoint: 5 },
  'com.microsoft:DynamicQuantizeMatMul': { operator: 'MatMul', weight: 1, scale: 2, zeroPoint: 3, bias: 4 },
  'com.microsoft:MatMulIntegerToFloat': { operator: 'MatMul', weight: 1, scale: 3, zeroPoint: 5, bias: 6 },
}

/** Undefined for an operator without filters. */
export function weightPlace(domain: string, opType: string): WeightPlace | undefined {
  const key = domain === '' ? opType : `${domain}:${opType}`
  return Object.hasOwn(places, key) ? places[key] : undefined
}
