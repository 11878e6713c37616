/** Text as every database can hold it: no NUL and no half of a surrogate pair. Names that come back from a store must equal those that went in. */
export const plain = (text: string): string => (text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replaceAll('\0', '\ufffd'))
