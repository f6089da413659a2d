import { existsSync, readdirSync } from 'node:fs'
import { copyFile, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FilterActivity } from '../../engine/protocol/activity.ts'
import type { WidthAdvice } from '../../engine/protocol/advice.ts'
import { writePictureFolder } from '../app/picture-files.ts'
import { type InspectCommand, buildInspectCommand, expectLayers } from './inspect-models.ts'
import { smallClassifier } from './small-classifier.ts'

const data = resolve(import.meta.dirname, '../../../shared/data')
const models = join(data, 'models')
const malformed = join(data, 'malformed')

let command: InspectCommand
let inspect: InspectCommand['inspect']
let folder: string

beforeAll(async () => {
  command = await buildInspectCommand()
  ;({ inspect, folder } = command)
})
afterAll(() => command.remove())

/** One line, one sentence, no stack and none of the runtime's own lines. */
function expectSentence({ code, output, errors }: Awaited<ReturnType<InspectCommand['inspect']>>): void {
  expect({ code, output }).toEqual({ code: 2, output: '' })
  expect(errors).toMatch(/^\S.*[.!]\n$/)
  expect(errors.trimEnd()).not.toContain('\n')
}

const filesIn = (path: string) => (existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.onnx')) : [])

/** One plain, one with groups, one with attention, one with joined branches: the evidence takes all of the collection. */
const someModels = ['mnist_burn.onnx', 'light_shufflenet.onnx', 'ibp_3_3_8.onnx', 'cifar10_resnet_2b.onnx']

describe.skipIf(!existsSync(models))('models from many exporters (needs ../shared/data/models)', () => {
  it.each(someModels)('%s: its layers as JSON', async (file) => {
    expectLayers(join(models, file), await inspect(join(models, file), '--json'))
  })

  it('prints a table with a line for each layer', async () => {
    const { code, output } = await inspect(join(models, 'squeezenet1.1-imagenet-fp32.onnx'))
    expect(code).toBe(0)
    expect(output.match(/^squeezenet0_conv\d+ +Conv +\[\d+, \d+, \d, \d\]/gm)).toHaveLength(26)
  })
})

describe.skipIf(!existsSync(malformed))('every damaged file of the collection (needs ../shared/data/malformed)', () => {
  /** Awkward, but whole. */
  const whole = ['conv_bn_relu_maxpool_unordered_test.onnx']

  it.each(filesIn(malformed).filter((file) => !whole.includes(file)))('%s is refused in one sentence', async (file) => {
    expectSentence(await inspect(join(malformed, file)))
  })

  it.each([...whole, 'external-ok/external_data.onnx'])('%s opens', async (file) => {
    expect(await inspect(join(malformed, file))).toMatchObject({ code: 0, errors: '' })
  })

  it('weights that a link takes from outside of the folder are refused', async () => {
    const file = join(folder, 'external_data.onnx')
    await copyFile(join(malformed, 'external-ok', 'external_data.onnx'), file)
    const missing = await inspect(file)
    expectSentence(missing)
    expect(missing.errors).toContain("'weight'")
    await symlink(join(malformed, 'external-ok', 'external_data.bin'), join(folder, 'external_data.bin'))
    const linked = await inspect(file)
    expectSentence(linked)
    expect(linked.errors).toMatch(/'weight'.*link that leads out of the model's folder/)
  })
})

it('a path that is no file, or a file of another kind, is refused in one sentence', async () => {
  const text = join(folder, 'notes.txt')
  await writeFile(text, 'Buy milk.')
  for (const path of [join(folder, 'none.onnx'), folder, text]) {
    const refused = await inspect(path)
    expectSentence(refused)
  }
})

const fashion = join(data, 'fashion-mnist')

describe.skipIf(!existsSync(models) || !existsSync(fashion))('inspect --data (needs ../shared/data)', () => {
  it('tells beside each verdict what the filter does on pictures, and leaves the verdict as it is', async () => {
    const model = join(models, 'fashion_mnist_cnn_netkit.onnx')
    const plain = JSON.parse((await inspect(model, '--json')).output) as { layers: unknown }
    const { code, output, errors } = await inspect(model, '--json', '--data', fashion, '--preprocessing', 'zero-to-one')
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    const described = JSON.parse(output) as { layers: { filters: { activity?: FilterActivity }[] }[] }
    const activities = described.layers.flatMap(({ filters }) => filters.flatMap(({ activity }) => activity ?? []))
    expect(activities.length).toBeGreaterThan(30)
    for (const { zeros, selectivity } of activities) {
      expect(zeros >= 0 && zeros <= 1).toBe(true)
      if (selectivity === null) continue
      expect(selectivity.value > 0 && selectivity.value <= 1).toBe(true)
      expect(selectivity.p >= 1 / 500 && selectivity.p <= 1).toBe(true)
    }
    // A trained network tells classes apart.
    expect(activities.filter(({ selectivity }) => (selectivity?.p ?? 1) <= 0.05).length).toBeGreaterThan(
      activities.length / 2,
    )
    const withoutActivity = described.layers.map((layer) => ({
      ...layer,
      filters: layer.filters.map(({ activity: _, ...filter }) => filter),
    }))
    expect(withoutActivity).toEqual(plain.layers)
  })
})

it('pictures that are not there, and a page that cannot be written, are told in one sentence', async () => {
  const file = join(folder, 'small.onnx')
  await writeFile(file, smallClassifier())
  expectSentence(await inspect(file, '--preprocessing', 'zero-to-one', '--data', join(folder, 'none')))
  const refused = await inspect(file, '--html', join(folder, 'none', 'page.html'))
  expectSentence(refused)
  expect(refused.errors).toContain('page.html')
  expectSentence(await inspect(file, '--preprocessing', 'zero-to-one'))
})

describe('inspect --advice', () => {
  let file: string
  let pictures: string

  beforeAll(async () => {
    file = join(folder, 'advised.onnx')
    pictures = join(folder, 'halves')
    await writeFile(file, smallClassifier())
    await writePictureFolder(pictures, ['bottom', 'top'], 60)
  })

  const advised = (...more: readonly string[]) =>
    inspect(file, '--data', pictures, '--preprocessing', 'zero-to-one', '--advice', ...more)

  it('tells of each layer whether it has enough filters, and what was measured', async () => {
    const { code, output, errors } = await advised('--json')
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    const { layers } = JSON.parse(output) as { layers: { name: string; advice: Omit<WidthAdvice, 'layer' | 'step'> }[] }
    expect(layers.map(({ name }) => name)).toEqual(['conv1', 'conv2', 'fc'])
    const [conv1, , fc] = layers
    // Its four classes are not the two of the pictures.
    expect(conv1?.advice.ablation).toMatchObject({ measure: 'agreement', accuracy: 1, pictures: 10 })
    expect(conv1?.advice).not.toHaveProperty('step')
    for (const { ranking } of conv1?.advice.ablation?.curves ?? []) {
      expect(ranking.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5])
    }
    expect(fc?.advice).toMatchObject({ verdict: 'unknown', reasons: [{ id: 'notMeasured' }] })
  })

  it('has a column in the table, with what it means below', async () => {
    const { code, output } = await advised()
    expect(code).toBe(0)
    expect(output).toMatch(/^layer .* advice +needed$/m)
    expect(output).toMatch(
      /^conv1 +\[6, 1, 3, 3\].* (too many|too many, try \d+|maybe too few, try 12|about right|cannot tell)( +\d+ \(\d+ to \d+\) of 6)?$/m,
    )
    expect(output).toContain('validation pictures of halves.')
    expect(output).toContain('compared with what the whole model says')
    expect(output).toMatch(/^fc: The filters of this layer are the scores of the classes, so none can be missing\.$/m)
    expect(output).not.toContain(pictures)
  })

  it('is on the page: in the table, and as the curve of each layer that was measured', async () => {
    const page = join(folder, 'advised.html')
    expect((await advised('--html', page)).code).toBe(0)
    const html = await readFile(page, 'utf8')
    expect(html).toMatch(/<th class="text">advice<\/th><th class="text">needed<\/th>/)
    expect(html.match(/<svg class="curve"/g)).toHaveLength(2)
    expect(html).toMatch(
      /<figcaption class="dim">\d of 6 filters(, \d to \d on resampled pictures,)? hold 99 % of what the whole model says about 10 pictures/,
    )
    expect(html).toContain('are the scores of the classes, so none can be missing.')
  })

  it('needs pictures', async () => {
    const refused = await inspect(file, '--advice')
    expectSentence(refused)
    expect(refused.errors).toContain('--data')
  })
})
