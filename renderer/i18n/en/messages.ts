import { shell } from './shell.ts'

/** Every text of the window in English; another language is one more file like this one beside it. */
export const english = { shell }
