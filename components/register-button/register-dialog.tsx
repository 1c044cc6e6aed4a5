import * as Dialog from '@radix-ui/react-dialog'
import { type FormEvent, useRef, useState } from 'react'
import tokens from '../tokens/tokens.module.css'
import { type DialogLabels, dialogLabels } from './dialog-labels'
import styles from './register-dialog.module.css'
import type { Refusal, RegisterViewProps } from './register-props'
import { returnFocus } from './return-focus'

type QuestionProps = RegisterViewProps & { refusal: Refusal }

/** The dialog of a refusal. */
export function RegisterDialog(props: RegisterViewProps) {
  const { state } = props
  return 'code' in state && <Question {...props} refusal={state} />
}

/** Asks where only a person can decide, and leaves the same ways out under the button once it is closed. */
function Question(props: QuestionProps) {
  const { refusal, onRegister } = props
  const labels = { ...dialogLabels, ...props.labels }
  const [closedFor, setClosedFor] = useState<Refusal>()
  const see = useRef<HTMLAnchorElement>(null)
  const close = useRef<HTMLButtonElement>(null)
  const registered = refusal.status === 'already-registered'
  const buyAnother = () => onRegister({ allowDuplicate: true })
  /** Radix would pass the link over, and a second Enter buy a second seat. */
  const focusSafely = (event: Event) => {
    if (!registered) return
    event.preventDefault()
    const safe = see.current ?? close.current
    safe?.focus()
  }
  return (
    <Dialog.Root open={closedFor !== refusal} onOpenChange={(open) => !open && setClosedFor(refusal)}>
      <p data-slot="register-ways">
        {registered && refusal.confirmationUrl && (
          <a href={refusal.confirmationUrl}>{labels.seeRegistration}</a>
        )}{' '}
        <button type="button" onClick={registered ? buyAnother : () => onRegister({ couponCode: null })}>
          {registered ? labels.buyAnother : labels.withoutCode}
        </button>
      </p>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.overlay} data-slot="register-overlay" />
        <Dialog.Content
          className={`${tokens.tokens} ${styles.dialog}`}
          data-slot="register-dialog"
          onOpenAutoFocus={focusSafely}
          onCloseAutoFocus={returnFocus(props.form)}
        >
          <Dialog.Title className={styles.title}>
            {registered
              ? labels.dialogRegistered
              : refusal.code === 'invalid_coupon'
                ? labels.dialogInvalidCode
                : labels.dialogNotEligible}
          </Dialog.Title>
          <Dialog.Description className={styles.text}>{refusal.message}</Dialog.Description>
          {registered ? (
            <p className={styles.ways}>
              {refusal.confirmationUrl && (
                <a ref={see} className={styles.primary} href={refusal.confirmationUrl}>
                  {labels.seeRegistration}
                </a>
              )}
              <button className={styles.secondary} type="button" onClick={buyAnother}>
                {labels.buyAnother}
              </button>
            </p>
          ) : (
            <CodeChoice {...props} labels={labels} />
          )}
          <Dialog.Close ref={close} className={styles.close} aria-label={labels.dialogClose}>
            <span aria-hidden="true">×</span>
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function CodeChoice({
  refusal,
  labels,
  viewer,
  signInUrl,
  onRegister,
}: QuestionProps & { labels: DialogLabels }) {
  const canSignIn = refusal.code === 'coupon_not_eligible' && !viewer ? signInUrl : undefined
  const tryAnother = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    // A portal's events still bubble through React's tree, to the button's own form.
    event.stopPropagation()
    const code = new FormData(event.currentTarget).get('code')
    if (typeof code === 'string' && code.trim()) onRegister({ couponCode: code.trim() })
  }
  return (
    <>
      <form className={styles.code} onSubmit={tryAnother}>
        <label>
          {labels.anotherCode}
          <input
            name="code"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={64}
          />
        </label>
        <button className={styles.secondary} type="submit">
          {labels.useCode}
        </button>
      </form>
      <p className={styles.ways}>
        <button className={styles.primary} type="button" onClick={() => onRegister({ couponCode: null })}>
          {labels.withoutCode}
        </button>
        {/* It may be a member's price, or a country's, or one that has ended: the sentence above says which. */}
        {canSignIn && (
          <a className={styles.secondary} href={canSignIn}>
            {labels.dialogSignIn}
          </a>
        )}
      </p>
    </>
  )
}
