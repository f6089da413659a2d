/**
 * Walks over run lengths (Parquet's hybrid of runs and packed bits) of values of `width` bits from byte `at` to before
 * `end`, and throws an Error where they give more than `count` values: the library would write billions of them.
 */
export function checkRunLengths(bytes: Uint8Array, at: number, end: number, width: number, count: number): void {
  let position = at
  for (let seen = 0; seen < count;) {
    const { header, next } = readRunHeader(bytes, position, end)
    position = next
    const isPacked = header % 2 === 1
    const run = Math.floor(header / 2)
    // Packed values come in eights, so the last of them may be padding.
    const values = isPacked ? 8 * run : run
    if (values === 0 || seen + values > count + (isPacked ? 7 : 0))
      throw new Error('run lengths give other than its values')
    position += isPacked ? run * width : Math.ceil(width / 8)
    seen += values
  }
}

/**
 * The same to the end of the bytes where it is not known how many values there are, only that there are at most `most`:
 * missing ones have no index in a dictionary.
 */
export function checkNoRunExceeds(bytes: Uint8Array, at: number, width: number, most: number): void {
  let position = at
  let seen = 0
  while (position < bytes.length && seen < most) {
    const { header, next } = readRunHeader(bytes, position, bytes.length)
    const isPacked = header % 2 === 1
    const run = Math.floor(header / 2)
    seen += isPacked ? 8 * run : run
    if (seen > most + (isPacked ? 7 : 0)) throw new Error('run lengths give more than its values')
    position = next + (isPacked ? run * width : Math.ceil(width / 8))
  }
}

/** A number of 7 bits a byte, and the byte behind it. */
function readRunHeader(bytes: Uint8Array, at: number, end: number): { header: number; next: number } {
  let header = 0
  for (let position = at, shift = 0; ; shift += 7) {
    const byte = bytes[position++]
    if (byte === undefined || position > end || shift > 28) throw new Error('run lengths end early')
    header += (byte & 0x7f) * 2 ** shift
    if (byte < 128) return { header, next: position }
  }
}
