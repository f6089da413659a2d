import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Tensor, float32Tensor } from '../../engine/onnx/graph.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { openRunFolder } from '../../engine/runs/run-folder.ts'
import { type BuiltPrograms, buildPrograms } from '../server/fixtures/built-programs.ts'

let programs: BuiltPrograms
let folder: string
beforeAll(async () => {
  programs = await buildPrograms({
    filterscope: 'engine/cli/filterscope.ts',
    trainer: 'engine/trainer/trainer-process.ts',
  })
  folder = await mkdtemp(join(tmpdir(), 'architectures-command-'))
})
afterAll(async () => {
  programs.remove()
  await rm(folder, { recursive: true })
})

function filterscope(...options: string[]) {
  const command = [join(programs.folder, 'filterscope.js'), ...options]
  return spawnSync(process.execPath, command, { encoding: 'utf8', cwd: folder })
}

describe('filterscope architectures', () => {
  it('lists the networks with what they come to', () => {
    const { status, stdout } = filterscope('architectures', '--json')
    expect(status).toBe(0)
    const listed = JSON.parse(stdout) as {
      name: string
      parameters: number
      multiplyAdds: number
      layers: { name: string; outputShape: number[] }[]
    }[]
    const alexnet = listed.find(({ name }) => name === 'alexnet')
    expect(alexnet).toMatchObject({ parameters: 60_965_224, multiplyAdds: 724_406_816 })
    expect(alexnet?.layers[0]).toMatchObject({ name: 'conv1', outputShape: [96, 55, 55] })
    const { stdout: table } = filterscope('architectures')
    expect(table).toMatch(/^resnet152 .* 60,192,808 .*He, Zhang, Ren and Sun/m)
  })

  it('writes one with fresh weights that ONNX Runtime runs, the same for the same seed', async () => {
    const write = (name: string, seed: string) => {
      const options = ['--onnx', name, '--classes', '5', '--size', '64', '--width', '0.25', '--seed', seed]
      expect(filterscope('architectures', 'resnet18', ...options)).toMatchObject({ status: 0, stderr: '' })
      return readFile(join(folder, name))
    }
    const model = await write('one.onnx', '7')
    expect((await write('again.onnx', '7')).equals(model)).toBe(true)
    expect((await write('other.onnx', '8')).equals(model)).toBe(false)
    const session = await createSession(model, { provider: 'cpu', threads: 1 })
    const pictures = new Float32Array(2 * 3 * 64 * 64).map((_, index) => index % 256)
    const { logits } = await session.run({ image: float32Tensor([2, 3, 64, 64], pictures) })
    await session.release()
    expect((logits as Tensor).dims).toEqual([2, 5])
    expect([...((logits as Tensor).data as Float32Array)].every(Number.isFinite)).toBe(true)
  })

  it('writes its layers as YAML, which can be changed and trained', async () => {
    expect(filterscope('architectures', 'lenet5', '--yaml', 'mine.yaml').status).toBe(0)
    const file = join(folder, 'mine.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('name: lenet5', 'name: mine').replace('filters: 16', 'filters: 4'))
    const out = join(folder, 'run')
    const trained = filterscope(
      'train',
      '--data',
      'xo',
      '--arch',
      file,
      '--epochs',
      '1',
      '--device',
      'cpu',
      '--out',
      out,
    )
    expect(trained.status, trained.stderr).toBe(0)
    const { settings } = await openRunFolder(out)
    expect(settings.network).toMatchObject({ kind: 'layers', architecture: { name: 'mine' } })
  }, 30_000)

  it.each([
    [['nobody', '--onnx', 'x.onnx'], /There is no network called "nobody"; choose one of small, /],
    [['missing.yaml', '--onnx', 'x.onnx'], /missing\.yaml cannot be read: ENOENT/],
    [['lenet5'], /Say what to write of "lenet5": --onnx FILE/],
    [['--onnx', 'x.onnx'], /--onnx is about one network/],
    [['alexnet', '--onnx', 'x.onnx', '--size', '28'], /"pool2" cannot slide a window of 3 over a height of 2/],
    [['lenet5', '--onnx', 'x.onnx', '--channels', '2'], /--channels 2 fits no picture/],
    [['lenet5', '--onnx', join('no', 'such', 'folder.onnx')], /cannot be written: ENOENT/],
  ])('refuses %j in one sentence', (options, sentence) => {
    const { status, stdout, stderr } = filterscope('architectures', ...options)
    expect(stderr.trim()).toMatch(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })
})
