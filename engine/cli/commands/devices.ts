import { Command } from 'commander'
import type { SpawnEngineProcess } from '../../host/engine-process.ts'
import { InspectorSupervisor } from '../../host/inspector-supervisor.ts'
import type { DeviceReport } from '../../protocol/runs.ts'

/** `filterscope devices`: asked of a process of its own, because a driver can take its whole process down. */
export function devicesCommand(spawn: SpawnEngineProcess): Command {
  return new Command('devices')
    .description('list what this machine can compute on, why each works or not, and what to do about it')
    .option('--json', 'print JSON lines only')
    .action(async ({ json }: { json?: true }) => {
      const inspector = new InspectorSupervisor(spawn, () => undefined)
      try {
        const devices = await inspector.call('devices.list', {})
        for (const device of devices) process.stdout.write(`${json ? JSON.stringify(device) : describe(device)}\n`)
      } finally {
        inspector.close()
      }
    })
}

function describe({ provider, label, usable, reason, advice }: DeviceReport): string {
  const mark = usable ? '✓' : '✗'
  const lines = [`${mark} ${provider.padEnd(7)} ${label}`, `  ${reason}`]
  if (advice !== '') lines.push(`  ${advice}`)
  return lines.join('\n')
}
