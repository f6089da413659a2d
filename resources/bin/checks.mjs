import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, packageProgram, root, runQuietly } from './ensure-ready.mjs'

const cached = (name) => join(cacheFolder, name)

/** A check that is a program: passed where it ends with exit code 0. */
function programCheck(name, parameters) {
  const check = async () => {
    const { code, output } = await runQuietly(parameters)
    return { passed: code === 0, output }
  }
  return { name, check }
}

function types(name, compiler) {
  const program = compiler === 'vue-tsc' ? packageProgram('vue-tsc') : packageProgram('typescript', 'tsc')
  const buildInfo = ['--incremental', '--tsBuildInfoFile', cached(`types-${name}.tsbuildinfo`)]
  return programCheck(`types of ${name}`, [program, '-p', `tsconfig.${name}.json`, ...buildInfo])
}

/** What is checked without running the code, longest first. */
export function staticChecks() {
  mkdirSync(cacheFolder, { recursive: true })
  const lint = ['.', '--max-warnings=0', '--cache', '--cache-location', cached('eslint')]
  const format = ['--check', '--log-level=warn', '--cache', '--cache-location', cached('prettier'), '.']
  const unused = ['--no-progress', '--cache', '--cache-location', cached('knip')]
  return [
    programCheck('lint', [packageProgram('eslint'), ...lint]),
    types('renderer', 'vue-tsc'),
    types('tests', 'tsc'),
    types('engine', 'tsc'),
    types('electron', 'tsc'),
    programCheck('dependency rule and folder graph', [join(root, 'resources', 'bin', 'folder-graph.mjs'), '--check']),
    programCheck('format', [packageProgram('prettier'), ...format]),
    programCheck('unused code', [packageProgram('knip'), ...unused]),
  ]
}

/**
 * Runs checks, two at a time in their order, prints what each found and resolves with `{ name, passed }` of each. A
 * check is `{ name, check }`, where `check` resolves with whether it passed and its output, which is shown if not.
 */
export async function runChecks(checks) {
  const waiting = [...checks]
  const results = []
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const start = performance.now()
      const { passed, output } = await next.check()
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      console.log(`${passed ? '✓' : '✗'} ${next.name} (${seconds} s)`)
      if (!passed) console.log(output.trimEnd())
      results.push({ name: next.name, passed })
    }
  }
  await Promise.all([worker(), worker()])
  return results
}
