/** Bad input or usage: one full sentence for standard error, exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError'
}
