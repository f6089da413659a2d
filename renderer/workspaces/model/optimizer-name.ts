import type { OptimizerSettings } from '../../../engine/protocol/settings.ts'

/** Adam whose weight decay is decoupled from the gradient is AdamW. */
export function optimizerName({ kind, decay }: OptimizerSettings): 'sgd' | 'adam' | 'adamw' {
  if (kind === 'sgd') return 'sgd'
  return decay === 'decoupled' ? 'adamw' : 'adam'
}
