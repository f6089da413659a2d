import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, packageProgram, root } from './ensure-ready.mjs'

const cached = (name) => join(cacheFolder, name)

function types(name, compiler) {
  const program = compiler === 'vue-tsc' ? packageProgram('vue-tsc') : packageProgram('typescript', 'tsc')
  const buildInfo = ['--incremental', '--tsBuildInfoFile', cached(`types-${name}.tsbuildinfo`)]
  return { name: `types of ${name}`, parameters: [program, '-p', `tsconfig.${name}.json`, ...buildInfo] }
}

/** What is checked without running the code, longest first. */
function staticChecks() {
  return [
    {
      name: 'lint',
      parameters: [packageProgram('eslint'), '.', '--max-warnings=0', '--cache', '--cache-location', cached('eslint')],
    },
    types('renderer', 'vue-tsc'),
    {
      name: 'dependency rule',
      parameters: [
        packageProgram('dependency-cruiser', 'depcruise'),
        '--config',
        '.dependency-cruiser.mjs',
        'engine',
        'electron',
        'renderer',
      ],
    },
    { name: 'folder graph', parameters: [join(root, 'resources', 'bin', 'folder-graph.mjs'), '--check'] },
    types('tests', 'tsc'),
    types('engine', 'tsc'),
    types('electron', 'tsc'),
    {
      name: 'format',
      parameters: [
        packageProgram('prettier'),
        '--check',
        '--log-level=warn',
        '--cache',
        '--cache-location',
        cached('prettier'),
        '.',
      ],
    },
    {
      name: 'unused code',
      parameters: [packageProgram('knip'), '--no-progress', '--cache', '--cache-location', cached('knip')],
    },
  ]
}

/** Runs one program of node_modules and resolves with its exit code and all it printed. */
function runQuietly(parameters) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text) => (output += text))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ passed: code === 0, output }))
  })
}

/** Runs every static check, two at a time, prints what each found and resolves with `{ name, passed }` of each. */
export async function runStaticChecks() {
  mkdirSync(cacheFolder, { recursive: true })
  const waiting = staticChecks()
  const results = []
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const start = performance.now()
      const { passed, output } = await runQuietly(check.parameters)
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      console.log(`${passed ? '✓' : '✗'} ${check.name} (${seconds} s)`)
      if (!passed) console.log(output.trimEnd())
      results.push({ name: check.name, passed })
    }
  }
  await Promise.all([worker(), worker()])
  return results
}
