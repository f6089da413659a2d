/** Operators that came after the internal operator set and have no form in it here, with the version that brought them. */
export const unsupportedOperators: ReadonlyMap<string, number> = new Map([
  ['DeformConv', 19],
  ['AffineGrid', 20],
  ['ImageDecoder', 20],
  ['RegexFullMatch', 20],
  ['StringConcat', 20],
  ['StringSplit', 20],
  ['Attention', 23],
  ['RMSNormalization', 23],
  ['RotaryEmbedding', 23],
  ['TensorScatter', 24],
  ['BitCast', 26],
  ['CumProd', 26],
  ['CausalConvWithState', 27],
  ['LinearAttention', 27],
])

/** Operators whose inputs changed later in a way that is not undone here. */
export const changedOperators: ReadonlyMap<string, number> = new Map([['DFT', 20]])
