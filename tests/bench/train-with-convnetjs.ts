import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'

/** One picture at a time, as that library trains; the weights change after each batch of 64. */
const program = `
const convnet = require(process.argv[1])
const net = new convnet.Net()
const conv = (filters) => [
  { type: 'conv', sx: 5, filters, stride: 1, pad: 2, activation: 'relu' },
  { type: 'pool', sx: 2, stride: 2 },
]
net.makeLayers([
  { type: 'input', out_sx: 28, out_sy: 28, out_depth: 1 },
  ...conv(32),
  ...conv(64),
  { type: 'fc', num_neurons: 128, activation: 'relu' },
  { type: 'softmax', num_classes: 10 },
])
const trainer = new convnet.Trainer(net, { method: 'adam', learning_rate: 0.001, batch_size: 64 })
const picture = new convnet.Vol(28, 28, 1)
const train = (label) => {
  for (let index = 0; index < picture.w.length; index++) picture.w[index] = Math.random() - 0.5
  trainer.train(picture, label)
}
for (let index = 0; index < 5; index++) train(index % 10)
const begin = performance.now()
const count = 32
for (let index = 0; index < count; index++) train(index % 10)
console.log((1000 * count) / (performance.now() - begin))
`

/** Images a second of the same network in ConvNetJS, which is plain JavaScript. */
export async function trainWithConvNetJS(): Promise<number> {
  const library = createRequire(import.meta.url).resolve('convnetjs')
  const child = spawn(process.execPath, ['-e', program, library], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`ConvNetJS's training ended with code ${code}; its reason is above.`)
  return Number(output)
}
