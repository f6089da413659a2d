import { startApp } from './app.ts'

// Not awaited: Electron becomes ready only when this module has been evaluated.
void startApp(import.meta.dirname)
