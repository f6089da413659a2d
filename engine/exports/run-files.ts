import { GraphBuilder } from '../onnx/graph-builder.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { Tensor } from '../onnx/graph.ts'
import type { OpenedRun, RunLogEntry } from '../protocol/runs.ts'
import type { RunSettings } from '../protocol/settings.ts'
import type { TrainedNetwork } from '../networks/trained-network.ts'
import { buildTrainingOfRun } from '../networks/training-of-run.ts'
import { lowerForProvider } from '../runtime/lowering/lower-for-provider.ts'
import { encodeNpz } from './encode-npz.ts'

/** What an export is made of. */
export interface ExportedRun {
  readonly settings: RunSettings
  readonly description: OpenedRun
  readonly network: TrainedNetwork
  /** The weights of the step that is exported. */
  readonly weights: ReadonlyMap<string, Tensor>
}

/** The network as ONNX: of an imported one the file it came from with these weights. */
export function exportOnnx({ network, weights }: ExportedRun): Uint8Array {
  return network.encode(weights)
}

/** All weights of the network, changed or not, as a NumPy archive. */
export function exportNpz({ network, weights }: ExportedRun): Uint8Array {
  const numbers = [...network.graph.initializers].filter(([, { dataType }]) => dataType === 'float32')
  return encodeNpz(new Map(numbers.map(([name, birth]) => [name, weights.get(name) ?? birth])))
}

/** Training as two files that any ONNX Runtime takes. */
export interface TrainingGraphs {
  /**
   * Forward, loss, backward and update. It takes `pixels` uint8 [N,H,W,C], `labels` int64 [N], `learningRate` float32 []
   * (where labels are mixed, also `otherLabels` int64 [N] and `labelShares` float32 [N]) and its state; its metadata name, under `state`, the output to feed next time for each tensor of that.
   */
  readonly step: Uint8Array
  /** Takes nothing and gives the state to begin with, under the same names. */
  readonly initial: Uint8Array
}

/** One step of training, and the weights of a kept step as what it begins with; moments and auxiliary heads begin anew. */
export function exportTrainingGraphs({ settings, description, network, weights }: ExportedRun): TrainingGraphs {
  const { step } = buildTrainingOfRun(network, settings.training, description.data)
  const builder = new GraphBuilder()
  for (const { name, initial } of step.state) {
    const constant = builder.constant(`${name}/initial`, weights.get(name) ?? initial)
    builder.op('Identity', [constant], {}, { name })
    builder.output({ name, type: { dataType: initial.dataType, dims: initial.dims } })
  }
  const next = Object.fromEntries(step.state.map((state) => [state.name, state.next]))
  const metadata = { state: JSON.stringify(next), classes: JSON.stringify(description.classes) }
  return {
    step: writeModel({ graph: lowerForProvider(step.graph, 'cpu'), metadata }),
    initial: writeModel({ graph: builder.build('initial-state') }),
  }
}

/** Losses and accuracies step by step, a line each, as comma-separated values. */
export function exportCsv(entries: readonly RunLogEntry[]): string {
  const lines = ['step,epoch,split,loss,accuracy,learning_rate']
  for (const entry of entries) {
    if (entry.kind === 'steps') {
      const first = entry.step - entry.losses.length + 1
      entry.losses.forEach((loss, index) => {
        const isLast = index === entry.losses.length - 1
        lines.push(
          [first + index, entry.epoch, 'train', loss, isLast ? entry.trainAccuracy : '', entry.learningRate].join(','),
        )
      })
    } else if (entry.kind === 'evaluation') {
      lines.push([entry.step, entry.epoch, entry.split, entry.loss, entry.accuracy, ''].join(','))
    }
  }
  return `${lines.join('\n')}\n`
}
