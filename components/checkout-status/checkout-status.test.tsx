import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { confirmed, workshop } from '../stories.testing'
import type { CheckoutStatusProps } from './checkout-status'
import { CheckoutStatus } from './checkout-status'

/** What stands there before any script has run, and for good where none does. */
const state = (initial: CheckoutStatusProps['initial']) =>
  /data-state="([^"]*)"/.exec(
    renderToString(<CheckoutStatus sessionId="cs_test_1" workshop={workshop} initial={initial} />),
  )?.[1]

it.each([
  ['a sale that is known', confirmed, 'confirmed'],
  ['a session that does not exist', null, 'not-found'],
  ['nobody could be asked', undefined, 'verifying'],
])('says what the server knew: %s', (_, initial, expected) => {
  expect(state(initial)).toBe(expected)
})
