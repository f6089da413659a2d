import { classNamesIn } from '../../engine/protocol/class-names.ts'
import { text } from '../i18n/text.ts'
import { useConnectionStore } from '../stores/connection.ts'
import { useDataStore } from '../stores/data.ts'
import { useFilePickerStore } from '../stores/file-picker.ts'
import { useModelFileStore } from '../stores/model-file.ts'
import { useNoticesStore } from '../stores/notices.ts'
import { useTrainViewStore } from '../stores/train-view.ts'
import { useTrainingStore } from '../stores/training.ts'
import { useUploadsStore } from '../stores/uploads.ts'
import { useWorkspaceStore } from '../stores/workspace.ts'
import {
  filesOfDrop,
  isModelName,
  isPictureName,
  isTextName,
  itemsOfDrop,
  modelOfDrop,
  pathOfDrop,
} from '../platform/dropped-files.ts'

/** Brings files and folders into the window, from native dialogs, the served picker, or a drop. */
export function useOpening() {
  const connection = useConnectionStore()
  const data = useDataStore()
  const modelFile = useModelFileStore()
  const picker = useFilePickerStore()
  const training = useTrainingStore()
  const trainView = useTrainViewStore()
  const notices = useNoticesStore()
  const uploads = useUploadsStore()
  const workspace = useWorkspaceStore()
  const desktop = window.filterscope

  async function openData(path: string): Promise<void> {
    workspace.show('data')
    desktop?.rememberPath(path)
    await data.openSource({ kind: 'path', path })
  }

  async function addData(path: string): Promise<void> {
    workspace.show('data')
    desktop?.rememberPath(path)
    await data.addSource(path)
  }

  async function openModel(path: string): Promise<void> {
    workspace.show('model')
    desktop?.rememberPath(path)
    await modelFile.open(path)
  }

  /** Shows a picture on the engine's machine to the network of the run in view. */
  function inspectPicture(path: string): void {
    if (!training.run) {
      notices.show(text('shell.needsRun'))
      return
    }
    workspace.show('train')
    trainView.chosenPicture = { kind: 'file', path }
  }

  /** A picture is shown to the network, a model becomes the network, anything else is opened as data. */
  async function openPath(path: string): Promise<void> {
    if (isPictureName(path)) inspectPicture(path)
    else if (isModelName(path)) await openModel(path)
    else await openData(path)
  }

  async function chooseFolder(): Promise<void> {
    const path = await (desktop ? desktop.openFolderDialog() : picker.pick('dataFolder'))
    if (path !== undefined) await openData(path)
  }

  async function chooseFile(): Promise<void> {
    const path = await (desktop ? desktop.openFileDialog() : picker.pick('dataFile'))
    if (path !== undefined) await openPath(path)
  }

  /** Joins a folder to the data there is. */
  async function addFolder(): Promise<void> {
    const path = await (desktop ? desktop.openFolderDialog() : picker.pick('dataFolder'))
    if (path !== undefined) await addData(path)
  }

  /** The same for a file. */
  async function addFile(): Promise<void> {
    const path = await (desktop ? desktop.openFileDialog() : picker.pick('dataFile'))
    if (path !== undefined) await addData(path)
  }

  async function choosePicture(): Promise<void> {
    const path = await (desktop ? desktop.openFileDialog() : picker.pick('picture'))
    if (path !== undefined) inspectPicture(path)
  }

  async function chooseModel(): Promise<void> {
    const path = await (desktop ? desktop.openFileDialog() : picker.pick('model'))
    if (path !== undefined) await openModel(path)
  }

  async function chooseRunsFolder(): Promise<void> {
    const path = await (desktop ? desktop.chooseRunsFolder() : picker.pick('runsFolder'))
    if (path !== undefined) await notices.attempt(() => connection.setRunsFolder(path))
  }

  /** A text file dropped on a model names its classes: it need not go to the engine for that. */
  function namesOfDrop({ files }: DataTransfer): File | undefined {
    const [only, another] = files
    const isForModel = workspace.current === 'model' && modelFile.isInUse
    return only && !another && isTextName(only.name) && isForModel ? only : undefined
  }

  async function nameClasses(file: File): Promise<void> {
    await notices.attempt(async () => {
      modelFile.nameClasses(classNamesIn(await file.text()))
      notices.show(text('modelFile.classes.named', { file: file.name }))
    })
  }

  async function drop(transfer: DataTransfer): Promise<void> {
    const classNames = namesOfDrop(transfer)
    if (classNames) return nameClasses(classNames)
    if (desktop) {
      const names = [...transfer.files].map(({ name }) => name)
      const model = modelOfDrop(names)
      const [first, second] = model === undefined ? transfer.files : [transfer.files[names.indexOf(model)]]
      const path = first ? desktop.pathForFile(first) : ''
      if (first && second) notices.show(text('shell.drop.onlyFirst', { name: first.name }))
      if (path) await openPath(path)
      return
    }
    const items = itemsOfDrop(transfer)
    await notices.attempt(async () => {
      const files = await filesOfDrop(items)
      const reply = await uploads.send(files)
      if (!reply) return
      const model = modelOfDrop(files.map(({ name }) => name))
      // A slash is understood on every system the engine may run on.
      if (model !== undefined) await openModel(`${reply.folder}/${model}`)
      else await openPath(pathOfDrop(items, reply))
    })
  }

  return {
    openPath,
    inspectPicture,
    chooseFolder,
    chooseFile,
    addFolder,
    addFile,
    chooseModel,
    choosePicture,
    chooseRunsFolder,
    drop,
  }
}
