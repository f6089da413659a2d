import type { ModelProto } from './generated/onnx_pb.ts'
import { decodeModel } from './decode-model.ts'
import type { Model } from './graph.ts'
import { ModelError } from './model-error.ts'
import { readGraph } from './read-graph.ts'
import type { ExternalData } from './read-tensor.ts'
import { upgradeGraph } from './upgrade/upgrade-graph.ts'

export interface ReadOptions {
  /** Needed only for models that keep their weights in other files. */
  readonly externalData?: ExternalData
}

/**
 * The model in an ONNX file (ai.onnx 6 or later), upgraded to the internal operator set. Large tensors are copied out
 * of `bytes`, which must stay as they are, when they are first read.
 * Throws ModelError with one sentence for a person where the bytes are no usable model.
 */
export function readModel(bytes: Uint8Array, options: ReadOptions = {}): Model {
  // A Buffer is a Uint8Array whose slices share memory: a plain view avoids that.
  const message = decodeModel(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (message.graph === undefined) {
    throw new ModelError('The file holds no graph: it is not an ONNX model, or a damaged one.')
  }
  if (message.functions.length > 0) {
    const names = message.functions.map((definition) => definition.name).join(', ')
    throw new ModelError(`The model defines functions of its own (${names}): export it again with functions inlined.`)
  }
  const versions = operatorSetVersions(message)
  const originalOpset = versions.get('') ?? 1
  const { '': _, ...otherOpsets } = Object.fromEntries(versions)
  return {
    graph: upgradeGraph(readGraph(message.graph, cached(options.externalData)), originalOpset),
    producerName: message.producerName,
    producerVersion: message.producerVersion,
    originalOpset,
    otherOpsets,
    metadata: Object.fromEntries(message.metadataProps.map((entry) => [entry.key, entry.value])),
  }
}

/** Version by domain; a file without any is of the time of operator set 1. */
function operatorSetVersions(message: ModelProto): ReadonlyMap<string, number> {
  return new Map(
    message.opsetImport.map((entry) => [entry.domain === 'ai.onnx' ? '' : entry.domain, Number(entry.version)]),
  )
}

/** Many tensors share one outside file: it is asked for once. */
function cached(externalData: ExternalData | undefined): ExternalData | undefined {
  if (externalData === undefined) return undefined
  const files = new Map<string, Uint8Array>()
  return (location) => {
    const bytes = files.get(location) ?? externalData(location)
    files.set(location, bytes)
    return bytes
  }
}
