import * as Dialog from '@radix-ui/react-dialog'
import { type FormEvent, useState } from 'react'
import type { Viewer } from '@/lib/contract/types'
import { fill } from '../tokens/fill'
import tokens from '../tokens/tokens.module.css'
import type { RegisterLabels } from './labels'
import styles from './register-dialog.module.css'
import type { RegisterChange, RegisterState } from './register-state'

export type RegisterDialogProps = {
  state: Extract<RegisterState, { status: 'error' | 'already-registered' }>
  labels: RegisterLabels
  viewer: Viewer | null | undefined
  signInUrl: string | undefined
  onRegister: (change?: RegisterChange) => void
}

const wantsAnswer = (state: RegisterDialogProps['state']) =>
  state.status === 'already-registered' ||
  state.code === 'invalid_coupon' ||
  state.code === 'coupon_not_eligible'

/** Asks where only a person can decide; every other error is told under the button. */
export default function RegisterDialog(props: RegisterDialogProps) {
  const { state, labels, onRegister } = props
  // Closed by the visitor: the words under the button stay, with the same ways out.
  const [closedFor, setClosedFor] = useState<RegisterDialogProps['state']>()
  const registered = state.status === 'already-registered'
  const text = registered
    ? state.message || labels.alreadyRegistered
    : state.code === 'invalid_coupon' && state.couponCode
      ? fill(labels.invalidCoupon, { code: state.couponCode })
      : state.message
  return (
    <Dialog.Root
      open={wantsAnswer(state) && closedFor !== state}
      onOpenChange={(open) => !open && setClosedFor(state)}
    >
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
          <Dialog.Description className={styles.text}>{text}</Dialog.Description>
          {registered ? (
            <p className={styles.ways}>
              {state.confirmationUrl && (
                <a className={styles.primary} href={state.confirmationUrl}>
                  {labels.seeRegistration}
                </a>
              )}
              <button
                className={styles.secondary}
                type="button"
                onClick={() => onRegister({ allowDuplicate: true })}
              >
                {labels.buyAnother}
              </button>
            </p>
          ) : (
            <CodeChoice {...props} />
          )}
          <Dialog.Close className={styles.close} aria-label={labels.dialogClose}>
            <span aria-hidden="true">×</span>
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function CodeChoice({ state, labels, viewer, signInUrl, onRegister }: RegisterDialogProps) {
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
