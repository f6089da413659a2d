import { NullLibrary } from '../../engine/filters/nulls/null-library.ts'
import { judgeLayer } from '../../engine/filters/verdicts/judge-layer.ts'
import { createRowProducts } from '../../engine/runtime/row-products.ts'
import { median } from './bench-row.ts'
import { type VerdictNetwork, verdictNetworks, verdictWeights } from './verdict-networks.ts'

/** The first verdict of the network named by the first argument draws what chance does; later ones know it. */
const turns = { lenet: 100, resnet18: 9, resnet50: 5 } as const
const name = process.argv[2] as VerdictNetwork
const layers = verdictNetworks[name].shapes.map(verdictWeights)
const products = await createRowProducts()
const tools = { nulls: new NullLibrary(), rowProducts: products.compute }
const times: number[] = []
for (let turn = 0; turn <= turns[name]; turn++) {
  const start = performance.now()
  for (const layer of layers) await judgeLayer(layer, tools)
  times.push(performance.now() - start)
}
const [first, ...others] = times
console.log(JSON.stringify({ firstMs: first, usualMs: median(others) }))
await products.release()
