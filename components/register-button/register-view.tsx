import {
  type ComponentProps,
  type ComponentType,
  cloneElement,
  type FormEvent,
  isValidElement,
  lazy,
  Suspense,
  useId,
} from 'react'
import styles from './register-button.module.css'
import type { RegisterDialogProps } from './register-dialog'
import { Hidden } from './register-fields'
import { RegisterMessage } from './register-message'
import type { RegisterViewProps } from './register-props'
import { isBusy } from './register-state'

const nothing: { default: ComponentType<RegisterDialogProps> } = { default: () => null }

// A chunk that does not arrive leaves the words under the button, which say what can be done.
const RegisterDialog = lazy(() => import('./register-dialog').catch(() => nothing))
const EmbeddedCheckout = lazy(() => import('./embedded-checkout'))

const join = (...names: (string | undefined)[]) => names.filter(Boolean).join(' ')

/** The button in one given state: no state of its own, no network. */
export function RegisterView(props: RegisterViewProps) {
  const {
    workshop,
    viewer,
    offer,
    couponCode,
    quantity = 1,
    endpoint = '/api/workshop/checkout',
    ui,
    publishableKey,
    signInUrl,
    locale,
    asChild,
    children,
    formatPrice,
    instead,
    labels,
    formClassName,
    onStart,
    onRedirect,
    onFallback,
    onError,
    state,
    label,
    form,
    onRegister,
    onReset,
    onIntent,
    ...buttonProps
  } = props
  const messageId = useId()
  const { status } = state
  const root = {
    className: join(styles.root, formClassName),
    'data-slot': 'register',
    'data-state': status,
    'data-error-code': status === 'error' ? state.code : undefined,
  }
  const message = <RegisterMessage {...props} id={messageId} />

  if (status === 'sold-out' || status === 'closed' || status === 'not-open')
    return (
      <div {...root}>
        {message}
        {instead}
      </div>
    )

  const leaving = isBusy(state)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!leaving) onRegister()
  }
  const child =
    asChild && isValidElement<ComponentProps<'button'>>(children) ? (
      children
    ) : (
      <button type="submit">{children ?? label}</button>
    )
  return (
    <form
      {...root}
      ref={form}
      method="post"
      action={endpoint}
      onSubmit={submit}
      onPointerEnter={onIntent}
      onFocus={onIntent}
    >
      <Hidden workshop={workshop} viewer={viewer} couponCode={couponCode} quantity={quantity} />
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
      {cloneElement(
        child,
        {
          ...buttonProps,
          type: 'submit',
          className: join(styles.button, buttonProps.className, child.props.className),
          // Not `disabled`: that would take the focus away from whoever just pressed it.
          'aria-disabled': leaving,
          'aria-describedby': messageId,
          ...{ 'data-slot': 'register-button', 'data-state': status },
        },
        leaving ? (
          <>
            <span className={styles.spinner} data-slot="register-spinner" />
            {labels.submitting}
          </>
        ) : (
          (child.props.children ?? label)
        ),
      )}
      {message}
      {!viewer && signInUrl && (
        <a className={styles.hint} href={signInUrl} data-slot="register-sign-in">
          {labels.signIn}
        </a>
      )}
      <Suspense>
        {(state.status === 'already-registered' ||
          (state.status === 'error' && /coupon/.test(state.code))) && (
          <RegisterDialog {...props} state={state} />
        )}
        {state.status === 'paying' && publishableKey && (
          <EmbeddedCheckout
            clientSecret={state.clientSecret}
            publishableKey={publishableKey}
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
