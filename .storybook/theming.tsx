import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type CSSProperties, useState } from 'react'
import { CheckoutStatus } from '../components/checkout-status/checkout-status'
import { OfferPrice } from '../components/offer-price/offer-price'
import { RegisterButton } from '../components/register-button/register-button'
import { confirmed, earlyBird, workshop } from '../components/stories.testing'

const properties = {
  '--workshop-text': '#1d1a16',
  '--workshop-muted': '#665f55',
  '--workshop-surface': '#fcfaf6',
  '--workshop-border': '#d9d1c4',
  '--workshop-accent': '#0b5563',
  '--workshop-on-accent': '#fcfaf6',
  '--workshop-success': '#2b6a3f',
  '--workshop-warning': '#855400',
  '--workshop-danger': '#a3281e',
  '--workshop-focus': '#0b5563',
  '--workshop-radius': '4px',
  '--workshop-space': '4px',
  '--workshop-font': 'Georgia, serif',
}

const client = new QueryClient()

/** Custom properties to change, and what they change. */
export function Theming() {
  const [values, setValues] = useState(properties)
  return (
    <QueryClientProvider client={client}>
      <div style={{ display: 'grid', gridTemplateColumns: 'minmax(16rem, 1fr) 2fr', gap: '2rem' }}>
        <div style={{ display: 'grid', gap: '0.5rem', alignContent: 'start' }}>
          {Object.entries(values).map(([name, value]) => (
            <label key={name} style={{ display: 'grid', gridTemplateColumns: '1fr 9rem', gap: '0.5rem' }}>
              <code>{name}</code>
              <input
                type={value.startsWith('#') ? 'color' : 'text'}
                value={value}
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            </label>
          ))}
        </div>
        <div
          style={
            {
              ...values,
              display: 'grid',
              gap: '1.5rem',
              padding: '1.5rem',
              background: 'var(--workshop-surface)',
              colorScheme: 'light',
            } as CSSProperties
          }
        >
          <OfferPrice workshop={workshop} offer={earlyBird} showSeats="always" />
          <RegisterButton workshop={workshop} offer={earlyBird} onRedirect={() => false} />
          <CheckoutStatus sessionId="cs_test_1" initial={confirmed} workshop={workshop} headingLevel={2} />
        </div>
      </div>
    </QueryClientProvider>
  )
}
