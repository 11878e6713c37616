import { useEffect, useRef } from 'preact/hooks'
import { keysOn, keysShown } from '../keys.ts'
import { t } from '../words.ts'

const KEYS = [['j', 'key.next'], ['k', 'key.previous'], ['x', 'key.mark'], ['/', 'key.search'], ['?', 'key.help']] as const

/** The keys that do something, and a switch for them. */
export const Keys = () => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (keysShown.value && !dialog.current?.open) dialog.current?.showModal()
  }, [keysShown.value])
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={() => { keysShown.value = false }}>
      <h2 id="keys-title">{t('keys')}</h2>
      <dl class="texts">{KEYS.map(([key, text]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{t(text)}</dd></div>)}</dl>
      <p><label><input type="checkbox" checked={keysOn.value} onChange={(e) => { keysOn.value = e.currentTarget.checked }} /> {t('keys-on')}</label></p>
      <button type="button" onClick={() => dialog.current?.close()}>{t('close')}</button>
    </dialog>
  )
}
