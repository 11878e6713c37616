/** Greatest time that a Date can hold, in ms. */
const FURTHEST = 8.64e15

/** A time or span as somebody else says it, made a whole number of ms that every database can hold. */
export const wholeMs = (said: number): number => Math.round(Math.min(Math.max(said, -FURTHEST), FURTHEST))
