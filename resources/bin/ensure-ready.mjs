import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const cacheFolder = join(root, 'node_modules', '.cache', 'filterscope')

const oldestNode = [20, 19]

/** Something that is missing and could not be put in place; the message is one sentence that says what to do. */
export class NotReadyError extends Error {
  name = 'NotReadyError'
}

/** Progress goes to stderr, so that stdout stays what a program asked for. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Runs `task`; where something is missing prints its sentence and ends with exit code 1. */
export async function orExplain(task) {
  try {
    return await task()
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error
    say(error.message)
    process.exit(1)
  }
}

/**
 * Runs a program in the repository root and resolves with its exit code (128 where a signal ended it).
 * Its stdout is sent to stderr unless `stdio` says otherwise. `timeoutMs` ends it.
 */
export function run(program, parameters, { stdio = ['ignore', 2, 2], environment = {}, timeoutMs, shell } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: root,
      stdio,
      env: { ...process.env, ...environment },
      timeout: timeoutMs,
      shell,
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 128))
  })
}

/** Runs a Node program in the repository root and resolves with whether it succeeded and all it printed. */
export function runQuietly(parameters, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text) => (output += text))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 128, output }))
  })
}

/** The program of an installed package, as arguments for `process.execPath`. */
export function packageProgram(packageName, programName = packageName) {
  const folder = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[programName])
}

function runNpm(parameters) {
  const npm = process.env.npm_execpath
  if (npm !== undefined && basename(npm).startsWith('npm-cli')) return run(process.execPath, [npm, ...parameters])
  const isWindows = process.platform === 'win32'
  return run(isWindows ? 'npm.cmd' : 'npm', parameters, { shell: isWindows })
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return
  throw new NotReadyError(
    `Filterscope needs Node ${oldestNode.join('.')} or newer and this is ${process.versions.node}; install a newer one from https://nodejs.org.`,
  )
}

/** True where node_modules holds the versions that package-lock.json names (optional packages may be absent). */
function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return false
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  return Object.entries(locked).every(([path, { version, optional, peer }]) => {
    if (path === '') return true
    const found = installed[path]
    return found === undefined ? optional === true || peer === true : found.version === version
  })
}

/** Installs the packages that package-lock.json names where they are missing or others. */
export async function ensureInstalled() {
  requireNode()
  if (isInstalled()) return
  say('Installing packages from the npm registry (npm ci) …')
  const code = await runNpm(['ci', '--loglevel=error', '--no-audit', '--no-fund'])
  if (code === 0) return
  throw new NotReadyError(
    'The packages could not be installed (npm ci failed, its reason is above); check the connection to the npm registry and run the command again.',
  )
}

const sourceFolders = ['engine', 'electron', 'renderer']
const sourceFiles = ['package.json', 'package-lock.json', 'electron.vite.config.ts']
/** Written last by a build that succeeded, removed first by the next. */
const stampFile = join(root, 'out', '.sources')

/** A short text that changes whenever a source of the build is edited, added or removed. */
function fingerprintSources() {
  const hash = createHash('sha256')
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(root, path))
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  const walk = (folder) => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true })
    for (const entry of entries.sort((first, second) => (first.name < second.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) walk(path)
      else if (!entry.name.endsWith('.test.ts')) add(path)
    }
  }
  sourceFolders.forEach(walk)
  sourceFiles.forEach(add)
  return hash.digest('hex')
}

function isBuilt() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprintSources()
}

/** Keeps a second command of this clone from building into the same folder at the same time. */
async function withBuildLock(task) {
  mkdirSync(cacheFolder, { recursive: true })
  const lockFile = join(cacheFolder, 'building')
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (isHeld(lockFile)) await delay(200)
      else rmSync(lockFile, { force: true })
    }
  }
  try {
    return await task()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

function isHeld(lockFile) {
  try {
    const holder = Number(readFileSync(lockFile, 'utf8'))
    // An empty file is one that is just being written.
    if (holder === 0) return Date.now() - statSync(lockFile).mtimeMs < 1000
    process.kill(holder, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

async function buildNow() {
  const fingerprint = fingerprintSources()
  rmSync(stampFile, { force: true })
  const code = await run(process.execPath, [packageProgram('electron-vite'), 'build', '--logLevel', 'warn'])
  if (code !== 0) {
    throw new NotReadyError('The build failed for the reason above; mend that source file and run the command again.')
  }
  writeFileSync(stampFile, fingerprint)
}

/** Builds out/ whatever its state. */
export function build() {
  return withBuildLock(buildNow)
}

/** Builds out/ where it is missing or older than its sources. */
export async function ensureBuilt() {
  if (isBuilt()) return
  await withBuildLock(async () => {
    // Another command may have built it while this one waited.
    if (isBuilt()) return
    say('Building …')
    await buildNow()
  })
}
