// Writes the graph of which folder imports which into ARCHITECTURE.md; with --check says whether it is current, and
// which imports break the dependency rule.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageProgram, root } from './ensure-ready.mjs'

const begin = '<!-- folder graph: written by `npm run graph` -->\n'
const end = '<!-- end of the folder graph -->'
const file = join(root, 'ARCHITECTURE.md')

function folderOf(path) {
  return /^(engine|electron)\/([^/]+)\//.exec(path)?.[2] ?? /^(renderer)\//.exec(path)?.[1]
}

const testFile = /[.]test[.]ts$/

/** What dependency-cruiser finds: `modules` with their `dependencies`, and in `summary.violations` the broken rules. */
function cruise() {
  const program = packageProgram('dependency-cruiser', 'depcruise')
  const parameters = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json']
  const output = execFileSync(process.execPath, [program, ...parameters, 'engine', 'electron', 'renderer'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output)
}

function drawGraph(modules) {
  const edges = new Set()
  for (const { source, dependencies } of modules) {
    if (testFile.test(source)) continue
    const from = folderOf(source)
    for (const { resolved } of dependencies) {
      const to = folderOf(resolved)
      if (from && to && from !== to) edges.add(`  ${from} --> ${to}`)
    }
  }
  return ['```mermaid', 'flowchart LR', ...[...edges].sort(), '```', ''].join('\n')
}

function sentence({ rule, from, to, cycle }, { forbidden }) {
  const path = cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ')
  const comment = forbidden.find(({ name }) => name === rule.name)?.comment
  return `${from} → ${path} breaks the rule ${rule.name}${comment ? `: ${comment}` : ''}.`
}

const { modules, summary } = cruise()
const text = readFileSync(file, 'utf8')
const start = text.indexOf(begin) + begin.length
const current = text.slice(0, start) + '\n' + drawGraph(modules) + '\n' + text.slice(text.indexOf(end))
if (process.argv.includes('--check')) {
  for (const violation of summary.violations) console.log(sentence(violation, summary.ruleSetUsed))
  if (summary.violations.length > 0) process.exitCode = 1
  if (text !== current) {
    console.log('The folder graph in ARCHITECTURE.md is not that of the sources; run `npm run graph` and commit it.')
    process.exitCode = 1
  }
} else writeFileSync(file, current)
