import type { InspectorSupervisor } from '../inspector-supervisor.ts'
import type { RunSupervisor } from '../run-supervisor.ts'
import type { AreaHandlers } from './handlers.ts'

export interface SpeedParts {
  readonly runs: RunSupervisor
  readonly inspector: InspectorSupervisor
}

/** How fast the machine trains. Beside a run a measurement would be wrong, and would slow the run. */
export function speedHandlers({ runs, inspector }: SpeedParts): AreaHandlers<'speed'> {
  return {
    'speed.measure': () => inspector.call('speed.measure', { mayMeasure: runs.active === undefined }),
  }
}
