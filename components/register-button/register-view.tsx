import { type ComponentProps, cloneElement, type FormEvent, isValidElement, useId } from 'react'
import styles from './register-button.module.css'
import { Hidden } from './register-fields'
import { RegisterMessage } from './register-message'
import type { RegisterViewProps } from './register-props'
import { isBusy, isSaleOver } from './register-state'

const join = (...names: (string | undefined)[]) => names.filter(Boolean).join(' ')

/** The button in one given state: no state of its own, no network. */
export function RegisterView(props: RegisterViewProps) {
  const {
    workshop,
    viewer,
    offer,
    couponCode,
    quantity,
    endpoint,
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

  if (isSaleOver(state))
    return (
      <div {...root}>
        {message}
        {instead}
      </div>
    )

  const Dialog = 'dialog' in state && state.dialog
  const leaving = isBusy(state)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!leaving) onRegister()
  }
  const child =
    asChild && isValidElement<ComponentProps<'button'>>(children) ? (
      children
    ) : (
      <button type="submit">{children}</button>
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
      <Hidden {...props} />
      {viewer && (
        <details data-slot="register-email">
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
          className: join(buttonProps.className, child.props.className),
          // Not `disabled`: that would take the focus away from whoever just pressed it.
          'aria-disabled': leaving,
          'aria-describedby': messageId,
          ...{ 'data-slot': 'register-button', 'data-state': status },
        },
        leaving && <span data-slot="register-spinner" />,
        leaving ? labels.submitting : (child.props.children ?? label),
      )}
      {message}
      {!viewer && signInUrl && (
        <a href={signInUrl} data-slot="register-sign-in">
          {labels.signIn}
        </a>
      )}
      {Dialog && <Dialog {...props} />}
    </form>
  )
}
