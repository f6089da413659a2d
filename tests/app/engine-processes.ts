import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

interface SystemProcess {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

const run = promisify(execFile)

/** All processes of this machine that still run; one that has ended but was not yet collected is none. */
async function systemProcesses(): Promise<SystemProcess[]> {
  return process.platform === 'linux' ? processesOfLinux() : processesOfPs()
}

/** Without `ps`, which small systems lack. */
async function processesOfLinux(): Promise<SystemProcess[]> {
  const found: SystemProcess[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const read = (file: string) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => undefined)
    const [stat, command] = [await read('stat'), await read('cmdline')]
    // The second field, in parentheses, may hold anything; state and parent follow it.
    const [state, parent] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
    if (state === undefined || state === 'Z' || command === undefined) continue
    found.push({ pid: Number(name), parent: Number(parent), command: command.replaceAll('\0', ' ') })
  }
  return found
}

async function processesOfPs(): Promise<SystemProcess[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='])
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    if (command === undefined || state?.startsWith('Z')) return []
    return [{ pid: Number(pid), parent: Number(parent), command }]
  })
}

/** Process numbers of the trainers or inspectors that a served workbench has started and that run now. */
export async function engineProcesses(hostPid: number, kind: 'trainer' | 'inspector'): Promise<number[]> {
  const all = await systemProcesses()
  return all.filter(({ parent, command }) => parent === hostPid && command.includes(`${kind}.js`)).map(({ pid }) => pid)
}

export async function areRunning(pids: readonly number[]): Promise<boolean> {
  const all = await systemProcesses()
  return pids.some((pid) => all.some((other) => other.pid === pid))
}
