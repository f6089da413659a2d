import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { createClient } from '../engine/protocol/client.ts'
import App from './App.vue'
import { i18n } from './i18n/text.ts'
import { connect } from './platform/connect.ts'
import { useConnectionStore } from './stores/connection.ts'
import './styles/base.css'

function startWindow(): void {
  const app = createApp(App).use(createPinia()).use(i18n)
  useConnectionStore().attach(createClient(connect))
  app.mount('#app')
}

if (import.meta.env.DEV && location.hash === '#/gallery') {
  void import('./gallery/start-gallery.ts').then(({ startGallery }) => startGallery())
} else {
  startWindow()
}
