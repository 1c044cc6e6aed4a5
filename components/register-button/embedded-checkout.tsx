import * as Dialog from '@radix-ui/react-dialog'
import type { Stripe } from '@stripe/stripe-js'
// By its file: bundlers that take the folder find a CommonJS one, and load their helpers for it with every page.
import { loadStripe } from '@stripe/stripe-js/pure/index.mjs'
import { useCallback, useRef } from 'react'
import tokens from '../tokens/tokens.module.css'
import { dialogLabels } from './dialog-labels'
import styles from './register-dialog.module.css'
import type { RegisterViewProps } from './register-props'
import { returnFocus } from './return-focus'

const loaded = new Map<string, Promise<Stripe>>()

/** Fetches Stripe.js, once for a key. Rejects where it is blocked; the next call tries again. */
function loadStripeOnce(publishableKey: string): Promise<Stripe> {
  const known = loaded.get(publishableKey)
  if (known) return known
  const loading = loadStripe(publishableKey).then((stripe) => {
    if (!stripe) throw new Error('Stripe.js did not load')
    return stripe
  })
  loaded.set(publishableKey, loading)
  loading.catch(() => loaded.delete(publishableKey))
  return loading
}

/** The dialog of `ui="embedded"`, once Stripe.js is there. Rejects where that is blocked. */
export const withStripe = (publishableKey: string) =>
  loadStripeOnce(publishableKey).then(() => EmbeddedCheckout)

/** Stripe's checkout page in a dialog. Closing it leaves the checkout open: the next press continues it. */
function EmbeddedCheckout(props: RegisterViewProps) {
  const { state, publishableKey } = props
  if (state.status !== 'paying' || !publishableKey) return null
  return <Page {...props} clientSecret={state.clientSecret} publishableKey={publishableKey} />
}

type PageProps = RegisterViewProps & { clientSecret: string; publishableKey: string }

function Page({ clientSecret, publishableKey, workshop, labels, form, onReset, onRegister }: PageProps) {
  // Where it can't be shown in place, Stripe's own page takes over.
  const blocked = useRef(() => onRegister({ uiMode: 'hosted' }))
  const mount = useCallback(
    (place: HTMLDivElement | null) => {
      if (!place) return
      let closed = false
      const page = loadStripeOnce(publishableKey).then((stripe) =>
        stripe.createEmbeddedCheckoutPage({ clientSecret }),
      )
      page.then(
        (checkout) => !closed && checkout.mount(place),
        () => !closed && blocked.current(),
      )
      return () => {
        closed = true
        page.then(
          (checkout) => checkout.destroy(),
          () => {},
        )
      }
    },
    [clientSecret, publishableKey],
  )
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onReset()}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.overlay} data-slot="register-overlay" />
        <Dialog.Content
          className={`${tokens.tokens} ${styles.dialog} ${styles.wide}`}
          data-slot="register-embedded"
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus(form)}
        >
          <Dialog.Title className={styles.title}>{workshop.title}</Dialog.Title>
          <div ref={mount} className={styles.page} data-slot="register-embedded-page" />
          <Dialog.Close className={styles.close} aria-label={labels.dialogClose ?? dialogLabels.dialogClose}>
            <span aria-hidden="true">×</span>
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
