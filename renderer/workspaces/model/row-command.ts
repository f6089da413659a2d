/** What the menu of a row can do with its layer, beside changing it. */
export const rowCommands = ['up', 'down', 'duplicate', 'shortcut', 'branch', 'remove'] as const
export type RowCommand = (typeof rowCommands)[number]
