import { describe, expect, it } from 'vitest'
import type { LayerResponse, TransferPreview } from '../../engine/protocol/preview.ts'
import { doesRespond, predictionsByClass, respondingCount, sortByResponse } from './responses.ts'

function layer(part: Partial<LayerResponse>): LayerResponse {
  const zeros = () => new Float32Array(3)
  const empty = { pictures: zeros(), positions: zeros(), mean: zeros(), minimum: zeros(), maximum: zeros() }
  return { layer: 'conv', activation: 'Relu', ...empty, ...part }
}

describe('whether a filter responds', () => {
  it('is no where it is the same everywhere, be it zero or above', () => {
    const flat = layer({ minimum: Float32Array.of(0, 2, 0), maximum: Float32Array.of(0, 2, 0.1) })
    expect([0, 1, 2].map((filter) => doesRespond(flat, filter))).toEqual([false, false, true])
    expect(respondingCount(flat)).toBe(1)
  })

  it('asks for more than zero only where an activation keeps the rest back', () => {
    const below = { minimum: Float32Array.of(-3, -1, 0), maximum: Float32Array.of(-1, 0, 0) }
    expect(respondingCount(layer({ ...below, activation: 'LeakyRelu' }))).toBe(0)
    const { activation: _, ...linear } = layer(below)
    expect(respondingCount(linear)).toBe(2)
  })
})

it('sorts by how often a filter is above zero, the silent last', () => {
  const measured = layer({
    minimum: Float32Array.of(5, 0, 0),
    maximum: Float32Array.of(5, 1, 1),
    positions: Float32Array.of(1, 0.1, 0.4),
  })
  expect([...sortByResponse(measured)]).toEqual([2, 1, 0])
})

it('counts what the pictures of each class are taken for', () => {
  const preview = {
    predictions: { labels: Uint16Array.of(1, 0, 1, 1, 1), takenFor: Uint16Array.of(7, 3, 9, 9, 8) },
  } as unknown as TransferPreview
  expect(predictionsByClass(preview)).toEqual([
    { label: 0, pictures: 1, takenFor: [{ index: 3, pictures: 1 }] },
    {
      label: 1,
      pictures: 4,
      takenFor: [
        { index: 9, pictures: 2 },
        { index: 7, pictures: 1 },
        { index: 8, pictures: 1 },
      ],
    },
  ])
  expect(predictionsByClass({} as TransferPreview)).toEqual([])
})
