import type { Viewer, Workshop } from '@/lib/contract/types'

type Props = {
  workshop: Workshop
  viewer: Viewer | null | undefined
  couponCode: string | undefined
  quantity: number
}

/** What the form sends where no script runs. The script sends the same as JSON, and an `attemptId` with it. */
export function Hidden({ workshop, viewer, couponCode, quantity }: Props) {
  const fields = {
    productId: workshop.productId,
    // A visitor whom we know has a field of their own to see and change.
    ...(!viewer && { email: '' }),
    couponCode: couponCode ?? '',
    quantity: String(quantity),
    attemptId: '',
    uiMode: 'hosted',
    allowDuplicate: 'false',
    'metadata.name': workshop.title,
    'metadata.workshopSlug': workshop.slug,
  }
  return Object.entries(fields).map(([name, value]) => (
    <input key={name} type="hidden" name={name} value={value} />
  ))
}
