const NOT: Record<'zh' | 'en', RegExp> = {
  zh: /不要|不得|不能|不可|不许|不准|不应|不允许|不再|不用|不必|不直接|严禁|禁止|切勿|请勿|勿|切忌|无需|避免|拒绝|从不|绝不|别(?!人|的|家)|不(?=[删清抄记存拆借关])|未经|暂停|疑似/,
  en: /\b(?:never|not|n't|no longer|nothing|without|avoid|refuse|instead of|rather than|forbidden|prohibited|nobody|cannot|neither|nor)\b|n't\b|n’t\b/i,
}

// A clause that goes on with these still stands under the "do not" before it.
const GOES_ON: Record<'zh' | 'en', RegExp> = {
  zh: /^\s*(?:或|或者|和|也|更|以及|、|也不|更不)/,
  en: /^\s*(?:or|nor|and (?:do not|never)|much less|let alone)\b/i,
}

/**
 * The clauses of a text that tell to do something: those that say not to do it are left out, and of the others what stands before a
 * "do not" within them. A list after "do not" stands under it as long as it goes on with "or" (或, 、).
 */
export const clausesOf = (text: string, language: 'zh' | 'en'): string[] => {
  const out: string[] = []
  // What stands in quotes is what a screen says.
  const spoken = text.replaceAll(/[“"][^”"]*[”"]/g, ' ')
  for (const sentence of spoken.split(/[.;!?。；！？\n](?=\s|$|[^\d])/)) {
    let refused = false
    for (const clause of sentence.split(language === 'zh' ? /[，：:（）()]/ : /[,:()–—]|\bbut\b|\bthen\b/)) {
      const no = NOT[language].exec(clause)
      if (no) {
        refused = true
        out.push(clause.slice(0, no.index))
      } else if (!(refused && GOES_ON[language].test(clause))) {
        refused = false
        out.push(clause)
      }
    }
  }
  return out.map((clause) => clause.trim()).filter((clause) => clause !== '')
}
