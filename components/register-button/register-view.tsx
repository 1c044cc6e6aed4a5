import {
  type ComponentProps,
  type ComponentType,
  cloneElement,
  type FormEvent,
  isValidElement,
  lazy,
  type ReactNode,
  type RefObject,
  Suspense,
  useId,
} from 'react'
import type { Offer, Viewer, Workshop } from '@/lib/contract/types'
import type { RegisterLabels } from './labels'
import styles from './register-button.module.css'
import type { RegisterDialogProps } from './register-dialog'
import { Hidden } from './register-fields'
import { RegisterMessage } from './register-message'
import { isBusy, type RegisterChange, type RegisterState } from './register-state'

export type RegisterViewProps = {
  workshop: Workshop & { capacity?: number }
  state: RegisterState
  labels: RegisterLabels
  endpoint: string
  label: string
  offer: Offer | undefined
  viewer: Viewer | null | undefined
  couponCode: string | undefined
  quantity: number
  locale: string | undefined
  publishableKey: string | undefined
  signInUrl: string | undefined
  asChild: boolean
  children: ReactNode
  instead: ReactNode
  formClassName: string | undefined
  buttonProps: ComponentProps<'button'>
  form: RefObject<HTMLFormElement | null>
  onRegister: (change?: RegisterChange) => void
  onReset: () => void
  onIntent: () => void
}

const nothing: { default: ComponentType<RegisterDialogProps> } = { default: () => null }

// A chunk that does not arrive leaves the words under the button, which offer the same ways out.
const RegisterDialog = lazy(() => import('./register-dialog').catch(() => nothing))
const EmbeddedCheckout = lazy(() => import('./embedded-checkout'))

const join = (...names: unknown[]) => names.filter((name) => typeof name === 'string').join(' ')

/** The button in one given state: no state of its own, no network. */
export function RegisterView(props: RegisterViewProps) {
  const { workshop, state, labels, viewer, buttonProps, onRegister, onReset, onIntent } = props
  const messageId = useId()
  const errorCode = state.status === 'error' ? state.code : undefined
  const root = { 'data-slot': 'register', 'data-state': state.status, 'data-error-code': errorCode }

  if (state.status === 'sold-out' || state.status === 'closed' || state.status === 'not-open')
    return (
      <div {...root} className={join(styles.root, props.formClassName)}>
        <RegisterMessage id={messageId} {...props} />
        {props.instead}
      </div>
    )

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isBusy(state)) onRegister()
  }
  const leaving = isBusy(state)
  const button = {
    ...buttonProps,
    type: 'submit' as const,
    className: join(styles.button, buttonProps.className),
    // Not `disabled`: that would take the focus away from whoever just pressed it.
    'aria-disabled': leaving,
    'aria-describedby': messageId,
    'data-slot': 'register-button',
    'data-state': state.status,
  }
  const content = leaving ? (
    <>
      <span className={styles.spinner} data-slot="register-spinner" />
      {labels.submitting}
    </>
  ) : (
    (props.children ?? props.label)
  )

  return (
    <form
      {...root}
      ref={props.form}
      className={join(styles.root, props.formClassName)}
      method="post"
      action={props.endpoint}
      onSubmit={submit}
      onPointerEnter={onIntent}
      onFocus={onIntent}
    >
      <Hidden {...props} />
      {viewer && (
        <details className={styles.email} data-slot="register-email">
          <summary>
            {labels.registeringAs} <bdi>{viewer.email}</bdi> <u>{labels.changeEmail}</u>
          </summary>
          <label>
            {labels.email}
            <input type="email" name="email" autoComplete="email" defaultValue={viewer.email} />
          </label>
        </details>
      )}
      {props.asChild && isValidElement<ComponentProps<'button'>>(props.children) ? (
        cloneElement(props.children, {
          ...button,
          className: join(button.className, props.children.props.className),
          children: leaving ? content : (props.children.props.children ?? props.label),
        })
      ) : (
        <button {...button}>{content}</button>
      )}
      <RegisterMessage id={messageId} {...props} />
      {!viewer && props.signInUrl && (
        <a className={styles.hint} href={props.signInUrl} data-slot="register-sign-in">
          {labels.signIn}
        </a>
      )}
      <Suspense fallback={null}>
        {(state.status === 'already-registered' || state.status === 'error') && (
          <RegisterDialog {...props} state={state} />
        )}
        {state.status === 'paying' && props.publishableKey && (
          <EmbeddedCheckout
            clientSecret={state.clientSecret}
            publishableKey={props.publishableKey}
            title={workshop.title}
            labels={labels}
            onClose={onReset}
            onBlocked={() => onRegister({ uiMode: 'hosted' })}
          />
        )}
      </Suspense>
    </form>
  )
}
