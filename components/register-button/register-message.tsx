import { type ComponentType, lazy, Suspense } from 'react'
import { fill } from '../tokens/fill'
import type { RegisterViewProps } from './register-props'
import { isSaleOver } from './register-state'

/** What is true whichever way a sale is not open, for when its own words do not arrive. */
const closed = { default: ({ labels }: RegisterViewProps) => labels.closedUndated }
const SaleOver = lazy<ComponentType<RegisterViewProps>>(() => import('./sale-over').catch(() => closed))

/** The words under the button: what happens next, what is happening, or what happened and the way on. */
export function RegisterMessage(props: RegisterViewProps & { id: string }) {
  const { state, labels } = props
  const said = words(props)
  return (
    <div data-slot="register-message">
      <p id={props.id} role="status" data-slot="register-status">
        <Suspense fallback={said}>{isSaleOver(state) ? <SaleOver {...props} /> : said}</Suspense>
      </p>
      {state.status === 'falling-back' && (
        <p data-slot="register-ways">
          <a href={state.url}>{labels.goNow}</a>{' '}
          <button type="button" onClick={props.onReset}>
            {labels.stay}
          </button>
        </p>
      )}
    </div>
  )
}

function words({ state, labels, formatPrice }: RegisterViewProps) {
  if ('message' in state) return state.message
  if (state.status === 'submitting') return <span data-slot="register-unseen">{labels.submitting}</span>
  if (state.status !== 'falling-back') return labels.note
  const { price } = state
  if (price === undefined) return labels.fallingBack
  return `${labels.fallingBack} ${price ? fill(labels.fallbackPrice, { price: formatPrice(price) }) : labels.fallbackPriceUnknown}`
}
