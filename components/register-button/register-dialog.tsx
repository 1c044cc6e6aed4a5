import * as Dialog from '@radix-ui/react-dialog'
import { type FormEvent, useState } from 'react'
import type { Viewer } from '@/lib/contract/types'
import tokens from '../tokens/tokens.module.css'
import { type DialogLabels, dialogLabels } from './dialog-labels'
import type { RegisterLabels } from './labels'
import styles from './register-dialog.module.css'
import type { RegisterChange, RegisterState } from './register-state'

/** A state that asks: a code that fails, a seat that is there already. */
type Asking = Extract<RegisterState, { status: 'error' | 'already-registered' }>

export type RegisterDialogProps = {
  state: Asking
  labels: RegisterLabels
  viewer?: Viewer | null | undefined
  signInUrl?: string | undefined
  onRegister: (change?: RegisterChange) => void
}

/** Asks where only a person can decide, and leaves the same ways out under the button once it is closed. */
export default function RegisterDialog(props: RegisterDialogProps) {
  const { state, onRegister } = props
  const labels = { ...dialogLabels, ...props.labels }
  const [closedFor, setClosedFor] = useState<Asking>()
  const registered = state.status === 'already-registered'
  const buyAnother = () => onRegister({ allowDuplicate: true })
  return (
    <Dialog.Root open={closedFor !== state} onOpenChange={(open) => !open && setClosedFor(state)}>
      <p className={styles.links}>
        {registered && state.confirmationUrl && <a href={state.confirmationUrl}>{labels.seeRegistration}</a>}{' '}
        <button type="button" onClick={registered ? buyAnother : () => onRegister({ couponCode: null })}>
          {registered ? labels.buyAnother : labels.withoutCode}
        </button>
      </p>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.overlay} data-slot="register-overlay" />
        <Dialog.Content className={`${tokens.tokens} ${styles.dialog}`} data-slot="register-dialog">
          <Dialog.Title className={styles.title}>
            {registered
              ? labels.dialogRegistered
              : state.code === 'invalid_coupon'
                ? labels.dialogInvalidCode
                : labels.dialogNotEligible}
          </Dialog.Title>
          <Dialog.Description className={styles.text}>{state.message}</Dialog.Description>
          {registered ? (
            <p className={styles.ways}>
              {state.confirmationUrl && (
                <a className={styles.primary} href={state.confirmationUrl}>
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
          <Dialog.Close className={styles.close} aria-label={labels.dialogClose}>
            <span aria-hidden="true">×</span>
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function CodeChoice({
  state,
  labels,
  viewer,
  signInUrl,
  onRegister,
}: RegisterDialogProps & { labels: DialogLabels }) {
  const canSignIn =
    state.status === 'error' && state.code === 'coupon_not_eligible' && !viewer ? signInUrl : undefined
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
        <button
          className={canSignIn ? styles.secondary : styles.primary}
          type="button"
          onClick={() => onRegister({ couponCode: null })}
        >
          {labels.withoutCode}
        </button>
        {canSignIn && (
          <a className={styles.primary} href={canSignIn}>
            {labels.dialogSignIn}
          </a>
        )}
      </p>
    </>
  )
}
