import { expect, it } from 'vitest'
import { searchActions } from './search-actions.ts'

const commands = ['Data Open folder', 'Training Stop', 'Help Keyboard shortcuts', 'View Dark theme', 'Data Reload']
const search = (query: string) => searchActions(commands, query, (command) => command)

it('finds commands by the beginnings of their words, in any order', () => {
  expect(search('fol op')).toEqual(['Data Open folder'])
  expect(search('DATA')).toEqual(['Data Open folder', 'Data Reload'])
})

it('puts those that hold the text elsewhere last', () => {
  expect(search('st')).toEqual(['Training Stop'])
  expect(search('to')).toEqual(['Training Stop'])
  expect(search('re')).toEqual(['Data Reload'])
  expect(search('d')).toEqual(['Data Open folder', 'View Dark theme', 'Data Reload', 'Help Keyboard shortcuts'])
})

it('finds nothing for what is not there, and everything for nothing', () => {
  expect(search('open theme')).toEqual([])
  expect(search('  ')).toEqual(commands)
})
