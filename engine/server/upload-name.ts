const longestName = 1024
const longestPart = 200

/**
 * The parts of a file's path within a drop ('cats/1.png' → ['cats', '1.png']);
 * undefined where it could lead anywhere else: absolute, '..' (or '.. ', which Windows takes for it), a backslash, a colon (a drive or a stream), control characters.
 */
export function uploadNameParts(name: string): string[] | undefined {
  if (name.length > longestName) return undefined
  const parts = name.split('/')
  return parts.every(isSafePart) ? parts : undefined
}

function isSafePart(part: string): boolean {
  if (part === '' || Buffer.byteLength(part) > longestPart) return false
  return !/^[. ]+$/.test(part) && !/[\\:\u0000-\u001f]/.test(part)
}
