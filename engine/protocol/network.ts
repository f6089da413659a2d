import { z } from 'zod'
import { architectureSchema } from './architecture.ts'
import { preprocessingSchema } from './models.ts'

/** Of the learning rate of the run; 0 keeps a layer as it is. */
const learningRateFactor = z.number().min(0).max(1000)

/** What a run trains: a list of layers drawn anew, or the network of an ONNX file from where its training ended. */
export const networkSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('layers'), architecture: architectureSchema }),
  z.object({
    kind: z.literal('model'),
    /** The file it was opened from; the run folder keeps a copy, so it may move later. */
    path: z.string().min(1).max(4096),
    preprocessing: preprocessingSchema,
    /**
     * replace: the last layer is drawn anew for the classes of the data set; keep: it goes on as it is, which needs as
     * many classes; auto: kept where it has as many.
     */
    head: z.enum(['auto', 'replace', 'keep']).default('auto'),
    /** Names of layers that do not learn. */
    frozen: z.array(z.string()).default([]),
    /** By layer name; layers that are not named have that of the body, the last one 1. */
    learningRateFactors: z.record(z.string(), learningRateFactor).default({}),
    bodyLearningRateFactor: learningRateFactor.default(0.1),
    /** frozen: with the statistics of the file; trained: with those of each batch, the running ones being kept. */
    batchNormalization: z.enum(['frozen', 'trained']).default('frozen'),
  }),
])
export type NetworkSettings = z.infer<typeof networkSchema>
export type ModelNetworkSettings = Extract<NetworkSettings, { kind: 'model' }>

/** What lists call the network: the name of the architecture, or of the file without its ending. */
export function networkName(network: NetworkSettings): string {
  if (network.kind === 'layers') return network.architecture.name
  const file = network.path.split(/[/\\]/).at(-1) ?? network.path
  return file.replace(/\.onnx$/i, '')
}
