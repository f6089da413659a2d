import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ensureBuilt, NotReadyError, root, say } from './ensure-ready.mjs'

/** What the engine's server answers itself; all else is the page. */
const ofEngine = ['/channel', '/upload', '/export']

/** Starts the built engine and its server on a free port, with `parameters` of `filterscope serve`. */
async function startEngine(parameters) {
  const program = join(root, 'out', 'main', 'filterscope.js')
  const engine = spawn(process.execPath, [program, 'serve', '--port', '0', ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => engine.on('close', (code) => resolve(code ?? 0)))
  const lines = createInterface({ input: engine.stdout })
  const address = await Promise.race([
    new Promise((resolve) => lines.on('line', (line) => line.includes('http') && resolve(line.split(' ').at(-1)))),
    ended.then(() => undefined),
  ])
  if (address === undefined) {
    throw new NotReadyError('The engine ended before it could serve, for the reason above; mend it and try again.')
  }
  return { engine, ended, address: new URL(address) }
}

/**
 * Brings the cookie that the engine's server gives for the token in an address, as it does with its own page. Every
 * request for the engine passes on with the Host, Origin and Cookie the browser sent: the engine decides on them.
 */
function cookieOfEngine(target) {
  return {
    name: 'filterscope-cookie',
    configureServer({ middlewares }) {
      middlewares.use(async (request, response, next) => {
        const { searchParams } = new URL(request.url, target)
        if (!searchParams.has('token')) return next()
        const page = await fetch(new URL(`/?token=${encodeURIComponent(searchParams.get('token'))}`, target))
        await page.body?.cancel()
        const cookie = page.headers.get('set-cookie')
        if (cookie !== null) response.setHeader('Set-Cookie', cookie)
        next()
      })
    },
  }
}

/**
 * The whole workbench in a browser: the page as it is edited, with hot reload, and the engine as it was built last.
 * `reason` says why there is no window, as half a sentence.
 */
export async function serveEdited(reason, parameters) {
  await ensureBuilt()
  const { engine, ended, address } = await startEngine(parameters)
  const { loadConfigFromFile } = await import('electron-vite')
  const { createServer } = await import('vite')
  const { config } = await loadConfigFromFile({ command: 'serve', mode: 'development' }, undefined, root)
  const { renderer } = config
  const proxy = Object.fromEntries(ofEngine.map((path) => [path, { target: address.origin, ws: path === '/channel' }]))
  const server = await createServer({
    ...renderer,
    plugins: [...renderer.plugins, cookieOfEngine(address)],
    server: { host: '127.0.0.1', proxy },
    configFile: false,
    logLevel: 'warn',
  })
  await server.listen()
  say(
    `${reason}, so the workbench is served to a browser, its page as you edit it: ${server.resolvedUrls.local[0]}${address.search}`,
  )
  say(`Every panel in every state: ${server.resolvedUrls.local[0]}#/gallery`)
  say('The engine is the one built last; after a change of it, start this again. Ctrl+C ends it.')
  // Ctrl+C reaches the engine by itself; this one waits for it to write a checkpoint.
  process.on('SIGINT', () => undefined)
  // Vite's own listener would end this process at once, with the engine still at its checkpoint.
  process.removeAllListeners('SIGTERM')
  process.on('SIGTERM', () => engine.kill('SIGTERM'))
  process.exitCode = await ended
  await server.close()
}
