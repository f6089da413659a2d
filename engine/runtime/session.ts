import { InferenceSession, type OnnxValue, type Tensor as NativeTensor, env } from 'onnxruntime-node'
import type { Tensor } from '../onnx/graph.ts'
import type { ProviderName } from '../protocol/settings.ts'
import { RuntimeError, messageOf } from './runtime-error.ts'
import { type RuntimeTensor, fromNative, toNative } from './runtime-tensor.ts'

/**
 * Waiting threads of the CPU provider turn in circles for this long before they sleep. The runtime's own default keeps
 * them busy far longer, which is no faster on an idle machine (LeNet on 2 cores: 32 to 34 ms a step either way), and
 * 10 to 20 % slower where a window or another program wants a core too.
 */
const SPIN_MICROSECONDS = '50'

/** Only the errors that this wrapper throws are for people: the runtime's own lines on stderr stay off. */
const FATAL = 4

export interface SessionOptions {
  readonly provider: ProviderName
  /** Threads inside one operator; left out, the runtime takes the number of physical cores. */
  readonly threads?: number
  /** Outputs that stay in the accelerator's memory, to be fed back; ignored by providers without such memory here. */
  readonly keepOnDevice?: readonly string[]
  /** Start of the file name of a profile in Chrome's trace format, written at `release()`. */
  readonly profilePrefix?: string
}

/** A loaded graph. `run` blocks the calling thread while the runtime computes. */
export interface Session {
  readonly provider: ProviderName
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /**
   * Computes every output, or those named by `only`; an output with a tensor in `into` is written to that tensor's
   * memory. Throws RuntimeError where an input is missing or unknown, or where the runtime refuses.
   */
  run(feeds: Readonly<Record<string, RuntimeTensor>>, options?: RunOptions): Promise<Record<string, RuntimeTensor>>
  /** Frees the session's memory; further runs fail. */
  release(): Promise<void>
}

export interface RunOptions {
  readonly only?: readonly string[]
  readonly into?: Readonly<Record<string, Tensor>>
}

/** Loads a serialised ModelProto on one provider. Throws RuntimeError with the runtime's own message. */
export async function createSession(model: Uint8Array, options: SessionOptions): Promise<Session> {
  env.logLevel = 'fatal'
  let native: InferenceSession
  try {
    native = await InferenceSession.create(model, nativeOptions(options))
  } catch (error) {
    const sentence = `ONNX Runtime could not load the graph on the ${options.provider} provider: ${messageOf(error)}.`
    throw new RuntimeError(options.provider, sentence, error)
  }
  return new NativeSession(native, options)
}

function nativeOptions(options: SessionOptions): InferenceSession.SessionOptions {
  const kept = options.provider === 'webgpu' ? (options.keepOnDevice ?? []) : []
  return {
    executionProviders: [options.provider],
    logSeverityLevel: FATAL,
    extra: { session: { intra_op: { spin_duration_us: SPIN_MICROSECONDS } } },
    ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
    ...(kept.length > 0 && {
      preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const])),
    }),
    ...(options.profilePrefix !== undefined && { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  }
}

class NativeSession implements Session {
  readonly provider: ProviderName
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  readonly #native: InferenceSession
  readonly #profiled: boolean

  constructor(native: InferenceSession, options: SessionOptions) {
    this.#native = native
    this.#profiled = options.profilePrefix !== undefined
    this.provider = options.provider
    this.inputNames = native.inputNames
    this.outputNames = native.outputNames
  }

  async run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    { only = this.outputNames, into = {} }: RunOptions = {},
  ): Promise<Record<string, RuntimeTensor>> {
    const nativeFeeds = this.#nativeFeeds(feeds)
    const fetches = Object.fromEntries(only.map((name) => [name, into[name] ? toNative(into[name]) : null]))
    let results: Readonly<Record<string, OnnxValue>>
    try {
      results = await this.#native.run(nativeFeeds, fetches)
    } catch (error) {
      const sentence = `ONNX Runtime failed while it ran the graph on the ${this.provider} provider: ${messageOf(error)}.`
      throw new RuntimeError(this.provider, sentence, error)
    }
    return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, into[name] ?? fromNative(value)]))
  }

  async release(): Promise<void> {
    if (this.#profiled) this.#native.endProfiling()
    await this.#native.release()
  }

  #nativeFeeds(feeds: Readonly<Record<string, RuntimeTensor>>): Record<string, NativeTensor> {
    const missing = this.inputNames.filter((name) => feeds[name] === undefined)
    if (missing.length > 0) {
      throw new RuntimeError(
        this.provider,
        `The graph's ${missing.length > 1 ? 'inputs' : 'input'} «${missing.join('», «')}» got no tensor; every input needs one.`,
      )
    }
    const unknown = Object.keys(feeds).filter((name) => !this.inputNames.includes(name))
    if (unknown.length > 0) {
      throw new RuntimeError(
        this.provider,
        `The graph has no ${unknown.length > 1 ? 'inputs' : 'input'} «${unknown.join('», «')}»; its inputs are «${this.inputNames.join('», «')}».`,
      )
    }
    return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, this.#nativeFeed(name, tensor)]))
  }

  #nativeFeed(name: string, tensor: RuntimeTensor): NativeTensor {
    try {
      return toNative(tensor)
    } catch (error) {
      const shape = `${tensor.dataType} [${tensor.dims.join(', ')}]`
      throw new RuntimeError(
        this.provider,
        `The tensor ${shape} for the input «${name}» was refused: ${messageOf(error)}.`,
        error,
      )
    }
  }
}
