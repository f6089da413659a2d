import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { EngineProcess, SpawnEngineProcess } from './engine-process.ts'

/** Starts `trainer.js` and `inspector.js` of `folder` as Node processes; what they print goes to stderr. */
export function forkEngineProcesses(folder: string): SpawnEngineProcess {
  return (kind) => forkEngineProcess(join(folder, `${kind}.js`))
}

/** `file` as a Node process that ends when this one does. */
export function forkEngineProcess(file: string): EngineProcess {
  const child = fork(file, [], {
    // Plain JSON would turn typed arrays into objects.
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [],
    // A process group of its own: Ctrl+C in the terminal must reach the host alone, which then asks for a checkpoint.
    detached: process.platform !== 'win32',
  })
  const killWithHost = () => child.kill('SIGKILL')
  process.on('exit', killWithHost)
  const exitListeners: ((code: number | undefined, signal: string | undefined) => void)[] = []
  let ended = false
  const end = (code: number | undefined, signal: string | undefined) => {
    if (ended) return
    ended = true
    process.off('exit', killWithHost)
    for (const listener of exitListeners) listener(code, signal)
  }
  child.on('exit', (code, signal) => {
    const tell = () => end(code ?? undefined, signal ?? undefined)
    // What it said last may still be in the pipe.
    if (child.connected) child.on('disconnect', tell)
    else tell()
  })
  // Where the program could not be started there is no 'exit'; where a message could not be sent, there is.
  child.on('error', (error) => {
    if (child.pid === undefined) {
      console.error(`${file} could not be started: ${error.message}`)
      end(undefined, undefined)
    }
  })
  return {
    post(message) {
      if (child.connected) child.send(message as object, () => undefined)
    },
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => exitListeners.push(listener),
    kill: () => child.kill('SIGKILL'),
  }
}
