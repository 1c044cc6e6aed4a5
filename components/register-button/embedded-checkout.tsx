import * as Dialog from '@radix-ui/react-dialog'
import type { Stripe } from '@stripe/stripe-js'
import { loadStripe } from '@stripe/stripe-js/pure'
import { useCallback, useRef } from 'react'
import tokens from '../tokens/tokens.module.css'
import { dialogLabels } from './dialog-labels'
import type { RegisterLabels } from './labels'
import styles from './register-dialog.module.css'

const loaded = new Map<string, Promise<Stripe>>()

/** Fetches Stripe.js, once for a key. Rejects where it is blocked; the next call tries again. */
export function loadStripeOnce(publishableKey: string): Promise<Stripe> {
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

export type EmbeddedCheckoutProps = {
  clientSecret: string
  publishableKey: string
  title: string
  labels: RegisterLabels
  /** The visitor closed it. The checkout stays open: the next press continues it. */
  onClose: () => void
  /** Stripe's page could not be shown in place. */
  onBlocked: () => void
}

/** Stripe's checkout page in a dialog. */
export default function EmbeddedCheckout(props: EmbeddedCheckoutProps) {
  const { clientSecret, publishableKey, title, labels, onClose } = props
  const blocked = useRef(props.onBlocked)
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
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.overlay} data-slot="register-overlay" />
        <Dialog.Content
          className={`${tokens.tokens} ${styles.dialog} ${styles.wide}`}
          data-slot="register-embedded"
          aria-describedby={undefined}
        >
          <Dialog.Title className={styles.title}>{title}</Dialog.Title>
          <div ref={mount} className={styles.page} data-slot="register-embedded-page" />
          <Dialog.Close className={styles.close} aria-label={labels.dialogClose ?? dialogLabels.dialogClose}>
            <span aria-hidden="true">×</span>
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
