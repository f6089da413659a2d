import type { Session, WebContents } from 'electron'

/** The page stays the page: no other address, no other window, no embedded page. */
export function forbidNavigation(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    // The page may reload itself.
    if (event.url !== contents.getURL()) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Camera, microphone, location, notifications …: nothing of the kind is ever needed. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
}
