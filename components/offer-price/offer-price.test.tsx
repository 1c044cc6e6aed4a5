import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { earlyBird, withCode, workshop } from '../stories.testing'
import { OfferPrice } from './offer-price'

/** What stands there before any script has run, and for good where none does. */
const written = (props: Partial<Parameters<typeof OfferPrice>[0]>) =>
  renderToString(<OfferPrice workshop={workshop} {...props} />)

it('says why the server did not take the code of the page', () => {
  const error = 'The code SPRING is not one of ours.'
  const html = written({
    couponCode: 'SPRING',
    offer: { ...earlyBird, problem: { code: 'invalid_coupon', error } },
  })
  expect(html).toContain(error)
  expect(html).toContain('value="SPRING"')
  expect(html).not.toContain('is applied')
})

it('does not call a code applied of which nobody could be asked', () => {
  const html = written({ couponCode: 'FRIENDS', offer: null })
  expect(html).toContain('Checking the code…')
  expect(html).not.toContain('is applied')
})

it('calls the code applied that the server took', () => {
  expect(written({ couponCode: 'FRIENDS', offer: withCode })).toContain(
    'The code FRIENDS is applied: $399.20.',
  )
})

it.each(['sold-out', 'closed', 'not-open'] as const)('advertises no saving where the sale is %s', (sale) => {
  const html = written({ offer: { ...earlyBird, sale } })
  expect(html).toContain(`data-sale="${sale}"`)
  expect(html).toContain('$499')
  expect(html).not.toMatch(/\$424|You save|Early-bird|Until /)
  expect(html).toMatch({ 'sold-out': /Sold out/, closed: /is closed/, 'not-open': /Not open yet/ }[sale])
})

it('claims no saving for a code that costs more than none', () => {
  const reason = '20% off with the code FRIENDS. Without the code you pay $349.'
  const dearer = { ...withCode, reason, withoutCode: { amount: 34900, currency: 'usd' } }
  const html = written({ couponCode: 'FRIENDS', offer: dearer })
  expect(html).toContain('Without the code you pay $349.')
  expect(html).not.toMatch(/You save|data-sign="success"|\.\./)
})
