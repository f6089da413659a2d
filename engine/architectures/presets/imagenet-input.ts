import type { InputShape } from '../../protocol/architecture.ts'

/** Colour pictures of ImageNet's 1,000 classes. */
export function imageNet(size: number): InputShape {
  return { channels: 3, height: size, width: size, classes: 1000 }
}
