import type { InspectorEvent } from '../protocol/inspector.ts'

export type InspectionErrorCode = Extract<InspectorEvent, { kind: 'failure' }>['code']

/** A question that cannot be answered: one full sentence, and whose fault it is. */
export class InspectionError extends Error {
  override readonly name = 'InspectionError'
  readonly code: InspectionErrorCode

  constructor(code: InspectionErrorCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.code = code
  }
}
