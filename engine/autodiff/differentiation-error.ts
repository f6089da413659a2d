/** Why a gradient could not be built; `problems` lists every offending operator or tensor, one sentence each. */
export class DifferentiationError extends Error {
  override readonly name = 'DifferentiationError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}
