/** A layer that cannot be built; the message names it and shows the arithmetic. */
export class ImpossibleLayer extends Error {}
