import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const path = (relative: string) => resolve(import.meta.dirname, relative)

/** Every file here is started on its own: by Electron, by Node, or as a process of the engine. */
const entries = {
  index: path('electron/main/index.ts'),
  'engine-host': path('electron/engine-host/index.ts'),
  trainer: path('engine/trainer/trainer-process.ts'),
  inspector: path('engine/inspector/inspector-process.ts'),
  filterscope: path('engine/cli/filterscope.ts'),
}

export default defineConfig({
  main: {
    build: {
      // The same files run in Electron's Node and, served, in the oldest Node the package allows.
      target: 'node20.19',
      outDir: path('out/main'),
      emptyOutDir: true,
      sourcemap: true,
      rolldownOptions: {
        input: entries,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: path('out/preload'),
      emptyOutDir: true,
      rolldownOptions: {
        input: { index: path('electron/preload/index.ts') },
        // A sandboxed preload script cannot be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: path('renderer'),
    plugins: [vue()],
    build: {
      // Served, any current browser opens it.
      target: 'es2022',
      outDir: path('out/renderer'),
      emptyOutDir: true,
      minify: true,
      // Fonts stay files: the content security policy allows no data: fonts.
      assetsInlineLimit: 0,
      // Loaded from this machine, one file is quicker than many.
      chunkSizeWarningLimit: 1500,
      rolldownOptions: { input: path('renderer/index.html') },
    },
  },
})
