import { describe, expect, it } from 'vitest'
import { record, redo, startHistory, undo } from './edit-history.ts'

describe('edit history', () => {
  it('goes back and forth through what was recorded', () => {
    let history = record(record(startHistory('a'), 'b'), 'c')
    history = undo(history)
    expect(history.present).toBe('b')
    history = undo(undo(history))
    expect(history.present).toBe('a')
    history = redo(redo(redo(history)))
    expect(history.present).toBe('c')
  })

  it('forgets what was undone once something else is done', () => {
    const history = record(undo(record(startHistory('a'), 'b')), 'c')
    expect(redo(history).present).toBe('c')
    expect(undo(history).present).toBe('a')
  })

  it('takes changes of the same thing in a row as one step, and not across an undo', () => {
    let history = record(record(record(startHistory(1), 12, 'filters'), 128, 'filters'), 7, 'kernel')
    expect(undo(history).present).toBe(128)
    expect(undo(undo(history)).present).toBe(1)
    history = record(undo(history), 256, 'filters')
    expect(undo(history).present).toBe(128)
  })
})
