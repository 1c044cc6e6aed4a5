import type { RegisterViewProps } from './register-props'

/**
 * What the form sends where no script runs, besides the e-mail of a viewer, which has a field of its own; what is left out has a default on the server. The script sends the same as
 * JSON, with an `attemptId`.
 */
export function Hidden({ workshop, couponCode, quantity }: RegisterViewProps) {
  const fields = {
    productId: workshop.productId,
    couponCode: couponCode ?? '',
    quantity,
    'metadata.name': workshop.title,
    'metadata.workshopSlug': workshop.slug,
  }
  return Object.entries(fields).map(([name, value]) => (
    <input key={name} type="hidden" name={name} value={value} />
  ))
}
