/** Everything the shell itself says; the page has its own texts. */
const english = {
  file: 'File',
  openFile: 'Open File…',
  openFolder: 'Open Folder…',
  openRecent: 'Open Recent',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  allFiles: 'All files',
  images: 'Pictures',
  models: 'ONNX models',
  chooseFile: 'Open a data set, a model or a picture',
  chooseFolder: 'Open a folder of class folders, or of IDX or CIFAR-10 files',
  chooseRunsFolder: 'Choose where new runs are kept',
  chooseWhereToSave: 'Choose where to save the files',
  runGoesOn: 'A run is being trained.',
  runGoesOnDetail: 'It can go on later from its last checkpoint. Saving writes one now.',
  cancel: 'Cancel',
  saveAndClose: 'Pause, Save and Close',
  closeOnly: 'Close',
  pageEnded: 'The window ended unexpectedly.',
  pageEndedDetail: 'The engine and a run being trained go on. Reload the window to see them again.',
  reload: 'Reload',
  quit: 'Quit',
  engineEnded: 'The engine does not start',
}
export type ShellText = typeof english

/** By language, as `app.getLocale()` names it; a new language is one more entry. */
const texts: Readonly<Record<string, ShellText>> = { en: english }

/** The texts of `locale` ('pt-BR'), else of its language, else English. */
export function shellText(locale: string): ShellText {
  return texts[locale] ?? texts[locale.split('-')[0] ?? ''] ?? english
}
