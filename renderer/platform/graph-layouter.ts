import type { ElkNode } from 'elkjs/lib/elk-api'
import workerAddress from 'elkjs/lib/elk-worker.min.js?url'
import { fromElk, toElk } from '../graph/graph-layout.ts'
import type { PlacedGraph } from '../graph/graph-layout.ts'
import type { VisibleGraph } from '../graph/visible-graph.ts'

interface Answer {
  readonly id: number
  readonly data?: ElkNode
  readonly error?: { readonly message?: string }
}

const REGISTER = 0

/** Places graphs in a thread of its own, so that a large one never holds up the window. */
export class GraphLayouter {
  #worker: Worker | undefined
  #nextId = REGISTER + 1
  readonly #waiting = new Map<number, { resolve: (placed: ElkNode) => void; reject: (error: Error) => void }>()

  /** Where everything lies; throws a sentence where no arrangement was found. */
  async place(graph: VisibleGraph): Promise<PlacedGraph> {
    return fromElk(graph, await this.#ask(toElk(graph)))
  }

  /** Ends the thread; what it still had to do is never answered. */
  dispose(): void {
    this.#worker?.terminate()
    this.#worker = undefined
    this.#waiting.clear()
  }

  #ask(graph: ElkNode): Promise<ElkNode> {
    const worker = (this.#worker ??= this.#start())
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.postMessage({ id, cmd: 'layout', graph, layoutOptions: {}, options: {} })
    })
  }

  #start(): Worker {
    const worker = new Worker(workerAddress)
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#receive(data)
    worker.onerror = ({ message }) => this.#fail(message)
    worker.postMessage({ id: REGISTER, cmd: 'register', algorithms: ['layered'] })
    return worker
  }

  #receive({ id, data, error }: Answer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (data) waiting?.resolve(data)
    else waiting?.reject(new Error(error?.message ?? 'no reason given'))
  }

  #fail(message: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(message))
    this.dispose()
  }
}
