/** Values that can be gone back to; immutable, so that it can be kept in a shallow ref. */
export interface EditHistory<Value> {
  readonly past: readonly Value[]
  readonly present: Value
  readonly future: readonly Value[]
  /** What the newest edit changed: edits of the same thing in a row are undone at once. */
  readonly lastEdit: string | undefined
}

const limit = 200

export function startHistory<Value>(present: Value): EditHistory<Value> {
  return { past: [], present, future: [], lastEdit: undefined }
}

/** Adds a value. `edit` names what is being changed where a row of changes (typing, dragging) counts as one. */
export function record<Value>(history: EditHistory<Value>, next: Value, edit?: string): EditHistory<Value> {
  if (next === history.present) return history
  const isSameEdit = edit !== undefined && edit === history.lastEdit
  const past = isSameEdit ? history.past : [...history.past, history.present].slice(-limit)
  return { past, present: next, future: [], lastEdit: edit }
}

export function undo<Value>(history: EditHistory<Value>): EditHistory<Value> {
  const previous = history.past.at(-1)
  if (previous === undefined) return history
  return {
    past: history.past.slice(0, -1),
    present: previous,
    future: [history.present, ...history.future],
    lastEdit: undefined,
  }
}

export function redo<Value>(history: EditHistory<Value>): EditHistory<Value> {
  const [next, ...future] = history.future
  if (next === undefined) return history
  return { past: [...history.past, history.present], present: next, future, lastEdit: undefined }
}
