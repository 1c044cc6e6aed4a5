import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import type { CatalogueProduct } from './catalogue'
import type { CommerceDeps } from './deps'

/**
 * What is sold at a price that Stripe doesn't sell at any more may have got another since it was looked at: Course Builder's editor
 * writes the new price and switches the old one off. Then it is done once more, at the price that is in force.
 */
export async function atCurrentPrice<T>(
  { catalogue }: Pick<CommerceDeps, 'catalogue'>,
  product: CatalogueProduct,
  sell: (product: CatalogueProduct) => Promise<T>,
): Promise<T> {
  try {
    return await sell(product)
  } catch (error) {
    if (!(error instanceof CheckoutError) || error.code !== 'misconfigured') throw error
    const fresh = await catalogue.anew(product.id)
    if (!fresh || fresh.stripePriceId === product.stripePriceId) throw error
    return sell(fresh)
  }
}
