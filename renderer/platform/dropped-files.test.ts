import { describe, expect, it } from 'vitest'
import { isPictureName, modelOfDrop, pathOfDrop } from './dropped-files.ts'

describe('what a drop opens', () => {
  it('is the one file or the one folder that was dropped', () => {
    const file = { name: 'x.png', isFile: true }
    expect(pathOfDrop([file], { path: '/tmp/drop/x.png', folder: '/tmp/drop' })).toBe('/tmp/drop/x.png')
    const folder = { name: 'pets', isFile: false }
    const reply = { path: '/tmp/drop/pets/cats/1.png', folder: '/tmp/drop' }
    expect(pathOfDrop([folder], reply)).toBe('/tmp/drop/pets')
  })

  it('is written as the engine writes its paths', () => {
    const reply = { path: 'C:\\drop\\pets\\cats\\1.png', folder: 'C:\\drop' }
    expect(pathOfDrop([{ name: 'pets', isFile: false }], reply)).toBe('C:\\drop\\pets')
  })

  it('is the folder around several of them', () => {
    const entries = [
      { name: 'cats', isFile: false },
      { name: 'dogs', isFile: false },
    ]
    expect(pathOfDrop(entries, { path: '/tmp/drop/dogs/9.png', folder: '/tmp/drop' })).toBe('/tmp/drop')
  })
})

it('tells pictures from data files by their names', () => {
  expect(['a.PNG', 'b.jpeg', 'c.tif', 'd.webp'].every(isPictureName)).toBe(true)
  expect(['train-images-idx3-ubyte.gz', 'data_batch_1.bin', 'png', 'notes.txt'].some(isPictureName)).toBe(false)
})

describe('the model of a drop', () => {
  it('is the one .onnx file, whatever weights and lists of classes come with it', () => {
    expect(modelOfDrop(['net/model.onnx', 'net/model.onnx.data', 'net/classes.txt'])).toBe('net/model.onnx')
  })

  it('is none where there are several, or where pictures say that it is a data set', () => {
    expect(modelOfDrop(['a.onnx', 'b.onnx'])).toBeUndefined()
    expect(modelOfDrop(['cats/1.png', 'net.onnx'])).toBeUndefined()
  })
})
