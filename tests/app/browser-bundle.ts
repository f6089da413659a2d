import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { build } from 'vite'

export interface BrowserBundle {
  readonly script: string
  readonly style: string
}

/** Bundles a module of the renderer (path from the repository root) into one script and one style sheet for a bare page. */
export async function bundleForBrowser(entry: string): Promise<BrowserBundle> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [vue()],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: false,
      cssCodeSplit: false,
      lib: { entry, formats: ['iife'], name: 'bundle', cssFileName: 'style' },
    },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((part) => ('output' in part ? part.output : []))
  const script = outputs.find((output) => output.type === 'chunk')?.code
  if (script === undefined) throw new Error(`Bundling ${entry} gave no script.`)
  const sheet = outputs.find((output) => output.type === 'asset' && output.fileName.endsWith('.css'))
  const style = sheet?.type === 'asset' ? String(sheet.source) : ''
  return { script, style }
}
