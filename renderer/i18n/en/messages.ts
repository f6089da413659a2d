import { data } from './data.ts'
import { exporting } from './exporting.ts'
import { learn } from './learn.ts'
import { model } from './model.ts'
import { modelFile } from './model-file.ts'
import { runs } from './runs.ts'
import { shell } from './shell.ts'
import { train } from './train.ts'
import { verdict } from './verdict.ts'
import { width } from './width.ts'

/** Every text of the window in English; another language is one more file like this one beside it. */
export const english = { shell, data, exporting, learn, model, modelFile, runs, train, verdict, width }
