/** As much of a Stripe event as the guard reads; any version of Stripe's own type fits. */
export type GuardedEvent = { data: { object: object } }

/**
 * For egghead-next's own webhook, which mails whoever bought a workshop: true where the new checkout made the sale and
 * mails the buyer itself. Before anything else in that webhook:
 *
 *     if (soldByCheckout(event)) {
 *       return res.status(200).json({ received: true })
 *     }
 */
export function soldByCheckout(event: GuardedEvent): boolean {
  const { object } = event.data
  const metadata = 'metadata' in object ? object.metadata : undefined
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    'source' in metadata &&
    metadata.source === 'egghead-next'
  )
}
