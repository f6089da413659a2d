import { readdirSync, readFileSync } from 'node:fs'

const vendors: Readonly<Record<string, string>> = {
  '0x10de': 'NVIDIA graphics',
  '0x1002': 'AMD graphics',
  '0x8086': 'Intel graphics',
  '0x106b': 'Apple graphics',
}

/** What Linux says about the machine's graphics processor ('NVIDIA H200'); undefined elsewhere or without one. */
export function gpuName(): string | undefined {
  return nvidiaModel() ?? vendorOfFirstRenderer()
}

function nvidiaModel(): string | undefined {
  const folder = '/proc/driver/nvidia/gpus'
  for (const card of entries(folder)) {
    const model = /^Model:\s*(.+)$/m.exec(text(`${folder}/${card}/information`))?.[1]?.trim()
    if (model !== undefined && model !== '') return model
  }
  return undefined
}

function vendorOfFirstRenderer(): string | undefined {
  const folder = '/sys/class/drm'
  const cards = entries(folder).filter((entry) => entry.startsWith('renderD'))
  return cards.map((card) => vendors[text(`${folder}/${card}/device/vendor`).trim()]).find((name) => name !== undefined)
}

/** Names in a folder; none where the system has no such folder. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
