import { randomUUID } from 'node:crypto'
import { test as base, expect, type FrameLocator, type Page } from '@playwright/test'
import { createConnection, type RowDataPacket } from 'mysql2/promise'

type Stack = {
  url: string
  /** A host of another make on another origin; see `e2e/hosts`. */
  hostUrl: string
  sandboxUrl: string
  inboxUrl: string
  databaseUrl: string
  dataDir: string
}

const stack: Stack = JSON.parse(process.env.E2E_STACK ?? '{}')

type Payment = {
  email?: string | null
  card?: string
  name?: string
  method?: 'card' | 'bank'
  /** Where the payment page is framed. @default the page itself */
  within?: FrameLocator
}

/** What a buyer, Stripe and the operator can do and see, in their own words. */
export type Shop = {
  stack: Stack
  /** An address that nobody else buys under. */
  email: string
  /** Signs in to the demo: Ada has no membership, Grace a yearly one. */
  signInAs: (persona: 'member' | 'yearly') => Promise<void>
  /** Fills in Stripe's page and pays. */
  pay: (details?: Payment) => Promise<void>
  /** What the sandbox can be told over HTTP; see its own page. */
  sandbox: (path: string, body?: object) => Promise<unknown>
  /** Begins a checkout of the first workshop without a page, and answers its session's id. */
  startCheckout: (seats?: number) => Promise<string>
  /** The rows of the purchases under an address. */
  purchases: (email: string) => Promise<RowDataPacket[]>
  query: (sql: string, values?: unknown[]) => Promise<RowDataPacket[]>
  /** The messages that have arrived at an address. */
  mail: (email: string) => Promise<{ subject: string; text: string }[]>
}

export const cards = {
  pays: '4242 4242 4242 4242',
  declined: '4000 0000 0000 9995',
  asks: '4000 0025 0000 3155',
}

export const test = base.extend<{ shop: Shop }>({
  baseURL: stack.url,
  shop: async ({ page, context }, use) => {
    const email = `buyer-${randomUUID().slice(0, 8)}@example.com`
    const connection = await createConnection(stack.databaseUrl)
    const query = async (sql: string, values: unknown[] = []) =>
      (await connection.query<RowDataPacket[]>(sql, values))[0]
    await use({
      stack,
      email,
      query,
      signInAs: async (persona) => {
        await context.addCookies([{ name: 'workshop_demo_viewer', value: persona, url: stack.url }])
      },
      pay: (details = {}) => payOn(details.within ?? page, { email, ...details }),
      sandbox: async (path, body) => {
        const response = await fetch(`${stack.sandboxUrl}/_sandbox${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body ?? {}),
        })
        if (!response.ok) throw new Error(`The sandbox refused ${path}: ${await response.text()}`)
        return response.json()
      },
      startCheckout: async (quantity = 1) => {
        const response = await fetch(`${stack.url}/api/workshop/checkout`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ productId: 'prod_claude_code', quantity }),
        })
        const { sessionId }: { sessionId: string } = await response.json()
        return sessionId
      },
      purchases: (address) =>
        query('select p.* from egghead_Purchase p join egghead_User u on u.id = p.userId where u.email = ?', [
          address,
        ]),
      mail: async (address) => {
        const response = await fetch(`${stack.inboxUrl}/api/messages`)
        const messages: { subject: string; text: string; envelope: { to: string[] } }[] =
          await response.json()
        return messages.filter(({ envelope }) => envelope.to.includes(address))
      },
    })
    await connection.end()
  },
})

async function payOn(page: Page | FrameLocator, details: Payment) {
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  if (details.email) await page.locator('[name=email]').fill(details.email)
  if (details.method === 'bank') await page.locator('[name=method][value=bank]').check()
  else {
    await page.locator('[name=cardNumber]').fill(details.card ?? cards.pays)
    await page.locator('[name=cardExpiry]').fill('12 / 34')
    await page.locator('[name=cardCvc]').fill('123')
  }
  await page.locator('[name=billingName]').fill(details.name ?? 'Buyer')
  await page.getByTestId('hosted-payment-submit-button').click()
}

export { expect, type Page }
