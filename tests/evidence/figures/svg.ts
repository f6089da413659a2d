/** A drawing of some size whose colours follow the theme of whoever looks at it. */
export function drawing(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<style>
text{font:13px system-ui,sans-serif;fill:#1d2126}.dim{fill:#59636e}.small{font-size:11px}.bold{font-weight:600}.end{text-anchor:end}.middle{text-anchor:middle}
.chance{fill:#c9ced5}.band{fill:#9aa4af;opacity:.35}.axis{stroke:#8c959f;stroke-width:1}.learned{fill:#0067a8}.born{fill:none;stroke:#59636e;stroke-width:1.5}.frame{fill:none;stroke:#8c959f}
@media (prefers-color-scheme:dark){text{fill:#e6e9ed}.dim{fill:#9aa4af}.chance{fill:#4a5058}.learned{fill:#4fa9e2}.born{stroke:#9aa4af}}
</style>
${parts.join('\n')}
</svg>
`
}

export function text(x: number, y: number, content: string, className = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${round(x)}" y="${round(y)}" class="${className}">${escaped}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="axis"/>`
}

export function rectangle(x: number, y: number, width: number, height: number, className: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" class="${className}"/>`
}

export function dot(x: number, y: number, className: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="4.5" class="${className}"/>`
}

/** Weights [height, width] as squares: blue below zero, orange above, on a scale of their own or that of `largest`. */
export function kernel(
  x: number,
  y: number,
  side: number,
  values: ArrayLike<number>,
  height: number,
  width: number,
  largest = Math.max(...Array.from(values, Math.abs)),
): string {
  const cell = side / Math.max(height, width)
  const cells = Array.from({ length: height * width }, (_, k) => {
    const [row, column] = [Math.floor(k / width), k % width]
    const place = `x="${round(x + column * cell)}" y="${round(y + row * cell)}" width="${round(cell + 0.4)}" height="${round(cell + 0.4)}"`
    return `<rect ${place} fill="${signedColour((values[k] as number) / largest)}"/>`
  })
  return `<g shape-rendering="crispEdges">${cells.join('')}</g>${rectangle(x, y, cell * width, cell * height, 'frame')}`
}

const neutral = [243, 242, 239] as const
const ends = { negative: [20, 90, 170], positive: [176, 84, 8] } as const

function signedColour(value: number): string {
  const end = value < 0 ? ends.negative : ends.positive
  const share = Math.min(1, Math.abs(value))
  return `#${neutral
    .map((from, channel) => Math.round(from + share * ((end[channel] as number) - from)))
    .map((level) => level.toString(16).padStart(2, '0'))
    .join('')}`
}

export function round(value: number): string {
  return `${Math.round(100 * value) / 100}`
}
