import {
  type ComponentProps,
  type ComponentType,
  type FormEvent,
  lazy,
  type ReactElement,
  Suspense,
  useId,
} from 'react'
import styles from './register-button.module.css'
import type { RegisterDialog, RegisterViewProps } from './register-props'
import { isBusy, isSaleOver } from './register-state'

const join = (...names: (string | undefined)[]) => names.join(' ').trim()

/** The button in one given state: no state of its own but what is typed, no network. */
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
  const { dialog: Dialog } = state as { dialog?: RegisterDialog }
  const over = isSaleOver(state)
  const leaving = isBusy(state)
  // Under the button: what happens next, what is happening, or what happened and the way on.
  const said =
    'message' in state ? (
      state.message
    ) : status === 'submitting' ? (
      <span data-slot="register-unseen">{labels.submitting}</span>
    ) : (
      labels.note
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!leaving) onRegister()
  }
  const { type: Button, props: own } = (
    asChild ? children : <button type="submit">{children}</button>
  ) as ReactElement<ComponentProps<'button'>, 'button'>
  // The form outlives its controls: the live region in it stays the same node, and the form takes the focus they had.
  return (
    <>
      <form
        className={join(styles.root, formClassName)}
        data-slot="register"
        data-state={status}
        data-error-code={status === 'error' ? state.code : undefined}
        tabIndex={-1}
        ref={form}
        method="post"
        action={endpoint}
        onSubmit={submit}
        onPointerEnter={onIntent}
        onFocus={onIntent}
      >
        {!over && (
          <>
            {/* What is sent where no script runs; what is left out has a default on the server. The script sends the same as JSON, with an `attemptId`. */}
            {Object.entries({
              productId: workshop.productId,
              couponCode: couponCode ?? '',
              quantity,
              'metadata.workshopSlug': workshop.slug,
            }).map(([name, value]) => (
              <input key={name} ref={passFocusOn} type="hidden" name={name} value={value} />
            ))}
            {viewer && (
              <Suspense fallback={<span data-slot="register-email" />}>
                <EmailField {...props} />
              </Suspense>
            )}
            <Button
              {...own}
              {...buttonProps}
              style={{ ...own.style, ...buttonProps.style }}
              onClick={(event) => {
                own.onClick?.(event)
                buttonProps.onClick?.(event)
              }}
              type="submit"
              className={join(buttonProps.className, own.className)}
              // Not `disabled`: that would take the focus away from whoever just pressed it.
              aria-disabled={leaving}
              aria-describedby={messageId}
              data-slot="register-button"
              data-state={status}
            >
              {leaving && <span data-slot="register-spinner" />}
              {leaving
                ? status === 'falling-back'
                  ? labels.toPaymentLink
                  : labels.submitting
                : (own.children ?? label)}
            </Button>
          </>
        )}
        <div data-slot="register-message">
          <p id={messageId} role="status" data-slot="register-status">
            <Suspense fallback={said}>{over ? <SaleOver {...props} /> : said}</Suspense>
          </p>
          {status === 'falling-back' && (
            <p data-slot="register-ways">
              <a
                href={state.url}
                onClick={(event) => {
                  event.preventDefault()
                  state.onGo()
                }}
              >
                {labels.goNow}
              </a>{' '}
              <button
                type="button"
                onClick={() => {
                  // This button unmounts; move focus first so keyboard users aren't sent to the top.
                  form.current?.querySelector<HTMLElement>('[type=submit]')?.focus()
                  onReset()
                }}
              >
                {labels.stay}
              </button>
            </p>
          )}
        </div>
        {!over && !viewer && signInUrl && (
          <a href={signInUrl} data-slot="register-sign-in">
            {labels.signIn}
          </a>
        )}
        {Dialog && <Dialog {...props} />}
      </form>
      {/* Outside of the form, since it may well be a form of the host's. */}
      {over && instead}
    </>
  )
}

/**
 * On the first of the form's controls, so that it is called before any of them unmounts: the form takes the focus they
 * have, and keyboard users aren't sent to the top.
 */
const passFocusOn = (input: HTMLInputElement | null) => () => {
  const form = input?.form
  if (form?.contains(document.activeElement)) form.focus()
}

/** What comes when it is wanted; where it does not, something in its place. */
const EmailField = lazy<ComponentType<RegisterViewProps>>(() =>
  import('./email-field').catch(() => ({ default: () => null })),
)

/** What is true whichever way a sale is not open, for when its own words do not arrive. */
const closed = { default: ({ labels }: RegisterViewProps) => labels.closedUndated }
/** Words that did not arrive are asked for again when the button is next drawn: React itself would remember the failure. */
const saleOver = () =>
  lazy<ComponentType<RegisterViewProps>>(() =>
    import('./sale-over').catch(() => {
      SaleOver = saleOver()
      return closed
    }),
  )
let SaleOver = saleOver()
