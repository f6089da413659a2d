import { describe, expect, it } from 'vitest'
import { describeKeys, matchesKeys } from './key-combination.ts'

const press = (
  key: string,
  modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...modifiers,
})

describe('matchesKeys', () => {
  it('takes Mod as Ctrl, and as Cmd on a Mac', () => {
    expect(matchesKeys(press('k', { ctrlKey: true }), 'Mod+K', false)).toBe(true)
    expect(matchesKeys(press('k', { metaKey: true }), 'Mod+K', false)).toBe(false)
    expect(matchesKeys(press('k', { metaKey: true }), 'Mod+K', true)).toBe(true)
    expect(matchesKeys(press('k', { ctrlKey: true }), 'Mod+K', true)).toBe(false)
  })

  it('does not take a combination for the bare key, nor the other way round', () => {
    expect(matchesKeys(press('k'), 'Mod+K', false)).toBe(false)
    expect(matchesKeys(press('t', { ctrlKey: true }), 'T', false)).toBe(false)
    expect(matchesKeys(press('z', { ctrlKey: true, shiftKey: true }), 'Mod+Z', false)).toBe(false)
    expect(matchesKeys(press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+Z', false)).toBe(true)
  })

  it('takes a symbol with or without the Shift a keyboard needs for it', () => {
    expect(matchesKeys(press('?', { shiftKey: true }), '?', false)).toBe(true)
    expect(matchesKeys(press('?'), '?', false)).toBe(true)
    expect(matchesKeys(press(']', { altKey: true }), ']', false)).toBe(false)
  })

  it('names the space bar', () => {
    expect(matchesKeys(press(' '), 'Space', false)).toBe(true)
  })
})

describe('describeKeys', () => {
  it('uses the names printed on the keyboard in use', () => {
    expect(describeKeys('Mod+Shift+E', false)).toEqual(['Ctrl', 'Shift', 'E'])
    expect(describeKeys('Mod+Shift+E', true)).toEqual(['⌘', '⇧', 'E'])
    expect(describeKeys('ArrowLeft', false)).toEqual(['←'])
  })
})
