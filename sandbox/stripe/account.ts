import type { Route } from './api'

/** The one account of the sandbox, and an empty balance: enough to see that a key works. */
export const accountRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/account',
    run: ({ sandbox }) => ({
      id: 'acct_1SandboxWorkshop',
      object: 'account',
      business_profile: { name: 'Workshop sandbox', support_email: null, url: sandbox.appUrl ?? null },
      business_type: 'company',
      capabilities: { card_payments: 'active', transfers: 'active' },
      charges_enabled: true,
      country: 'US',
      created: 1_700_000_000,
      default_currency: 'usd',
      details_submitted: true,
      email: 'sandbox@example.com',
      metadata: {},
      payouts_enabled: true,
      settings: { dashboard: { display_name: 'Workshop sandbox', timezone: 'Etc/UTC' } },
      type: 'standard',
    }),
  },
  {
    method: 'GET',
    path: '/v1/balance',
    run: ({ sandbox }) => {
      const amount = Object.values(sandbox.state.balanceTransactions).reduce(
        (sum, entry) => sum + entry.net,
        0,
      )
      const row = (value: number) => [{ amount: value, currency: 'usd', source_types: { card: value } }]
      return { object: 'balance', available: row(0), livemode: false, pending: row(amount) }
    },
  },
]
