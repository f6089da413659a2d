import type { Architecture, Head } from '../protocol/architecture.ts'

/** The layers of a head as a list that says what its first layer reads: the layer of the network that the head is at. */
export function headAsNetwork({ name }: Architecture, { from, layers }: Head): Architecture {
  return { name, layers: layers.map((layer, index) => (index === 0 ? { from: [from], ...layer } : layer)) }
}
