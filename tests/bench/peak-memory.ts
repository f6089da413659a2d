import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface MemoryWatch {
  /** The most bytes the process had in memory so far; undefined where the system does not tell. */
  peakBytes(): number | undefined
  stop(): void
}

/** Watches the resident memory of a process: the kernel's own high-water mark on Linux, samples elsewhere. */
export function watchMemory(pid: number): MemoryWatch {
  let peak: number | undefined
  const sample = () => {
    const bytes = process.platform === 'linux' ? highWaterMark(pid) : residentSize(pid)
    if (bytes !== undefined) peak = Math.max(peak ?? 0, bytes)
  }
  const timer = setInterval(sample, 200)
  return {
    peakBytes() {
      sample()
      return peak
    },
    stop: () => clearInterval(timer),
  }
}

function highWaterMark(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    // It has ended.
    return undefined
  }
}

function residentSize(pid: number): number | undefined {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024
  } catch {
    // It has ended, or the system has no ps.
    return undefined
  }
}
