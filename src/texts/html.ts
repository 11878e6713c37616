const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A text as it stands in HTML, in content and in quoted attributes. */
export const html = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => ESCAPES[c] ?? c)
