import type { Channel } from '../../engine/protocol/channel.ts'
import { portChannel } from '../../engine/protocol/port-channel.ts'
import { openSocketChannel } from '../../engine/protocol/socket-channel.ts'
import type { DesktopBridge, portMessage as portMessageName } from '../../electron/preload/bridge.ts'

const portMessage: typeof portMessageName = 'filterscope:port'

/** A line to the engine: the port the desktop shell hands over, or a WebSocket to the server this page came from. */
export function connect(): Promise<Channel> {
  const bridge = window.filterscope
  return bridge ? connectByPort(bridge) : openSocketChannel(new WebSocket(socketAddress(location)))
}

/** The stream's address beside the page's own; its token is in the cookie the server set with the page. */
export function socketAddress(page: { readonly protocol: string; readonly host: string }): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/channel`
}

function connectByPort(bridge: DesktopBridge): Promise<Channel> {
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent): void => {
      const port = event.ports[0]
      if (event.source !== window || event.data !== portMessage || !port) return
      window.removeEventListener('message', onMessage)
      resolve(portChannel(port))
    }
    window.addEventListener('message', onMessage)
    bridge.requestPort()
  })
}
