import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { i18n } from '../i18n/text.ts'
import GalleryPage from './GalleryPage.vue'

/** Shows the gallery in place of the window; only in development, at #/gallery. */
export function startGallery(): void {
  // What is kept from one visit to the next would hide the states that a first visit shows.
  sessionStorage.clear()
  createApp(GalleryPage).use(createPinia()).use(i18n).mount('#app')
}
