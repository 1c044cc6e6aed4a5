import type { Locator } from '@playwright/test'
import { cards, expect, test } from './support/test'

const workshop = '/workshop/claude-code'

test('a buyer registers at the early-bird price, and has a seat and an e-mail', async ({ page, shop }) => {
  await page.goto(workshop)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'Claude Code from First Prompt to Production',
  )
  await page.getByRole('button', { name: 'Register · $424' }).click()

  await expect(page.getByTestId('hosted-total')).toHaveText('$424.00')
  await expect(page.locator('[name=email]')).toHaveValue('')
  await shop.pay()

  await expect(page).toHaveURL(/\/workshop\/claude-code\/confirmation\?session_id=cs_/)
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  const status = page.locator('[data-slot=status]')
  await expect(status).toContainText('$424')
  await expect(status).toContainText(shop.email.replace(/^(.).*@/, '$1••@'))
  await expect(status).not.toContainText(shop.email)
  await expect(status).toContainText('your time (UTC+1)')

  const purchases = await shop.purchases(shop.email)
  expect(purchases).toHaveLength(1)
  expect(purchases[0]).toMatchObject({ status: 'Valid' })

  expect(Number(purchases[0]?.totalAmount)).toBe(424)

  await expect.poll(() => shop.mail(shop.email), { timeout: 20_000 }).toHaveLength(1)
  const [message] = await shop.mail(shop.email)
  expect(message?.subject).toContain('Claude Code from First Prompt to Production')

  const calendar = page.getByRole('link', { name: 'Calendar file (.ics)' })
  const file = await page.request.get((await calendar.getAttribute('href')) ?? '')
  expect(await file.text()).toContain('BEGIN:VEVENT')
})

test('a yearly member finds address and price filled in, and may pay under another address', async ({
  page,
  shop,
}) => {
  await shop.signInAs('yearly')
  await page.goto(workshop)
  await expect(page.getByText('Registering as grace@example.com')).toBeVisible()
  await page.getByRole('button', { name: 'Register · $349' }).click()
  await expect(page.locator('[name=email]')).toHaveValue('grace@example.com')
  await expect(page.getByTestId('hosted-discount')).toContainText('−$150.00')
  await shop.pay()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  // The address that was typed at Stripe wins.
  expect(await shop.purchases(shop.email)).toHaveLength(1)
})

test('a declined card says why, and another one pays', async ({ page, shop }) => {
  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  await shop.pay({ card: cards.declined })
  await expect(page.getByTestId('hosted-error')).toContainText('insufficient funds')
  expect(await shop.purchases(shop.email)).toHaveLength(0)
  await shop.pay()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
})

test('a card that asks for 3-D Secure pays once that is done', async ({ page, shop }) => {
  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  await shop.pay({ card: cards.asks })
  await page.getByTestId('hosted-3ds-fail').click()
  await expect(page.getByTestId('hosted-error')).toBeVisible()
  await shop.pay({ card: cards.asks })
  await page.getByTestId('hosted-3ds-complete').click()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
})

test('going back says that nothing was charged, and the next press continues', async ({ page, shop }) => {
  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  await page.getByTestId('hosted-back').click()
  await expect(page.getByText('You left the payment page, and nothing was charged.')).toBeVisible()
  await page.getByRole('button', { name: /^Register/ }).click()
  await shop.pay()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
})

test("the browser's own Back button brings back a button that works", async ({ page }) => {
  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  await page.goBack()
  await page.getByRole('button', { name: 'Register · $424' }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
})

test('paying twice: the paid page says so, and a registered viewer is asked first', async ({
  page,
  shop,
}) => {
  await shop.signInAs('member')
  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  const hosted = page.url()
  await shop.pay({ email: null })
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()

  await page.goto(hosted)
  await expect(page.getByTestId('hosted-complete')).toBeVisible()

  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  const dialog = page.getByRole('dialog', { name: 'You are registered already' })
  await expect(dialog).toContainText('ada@example.com')
  await dialog.getByRole('link', { name: 'See your registration' }).click()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()

  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Buy another seat' }).click()
  await shop.pay()
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
})

test('pressing twice makes one checkout', async ({ page }) => {
  await page.goto(workshop)
  const asked: string[] = []
  page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()))
  await page.getByRole('button', { name: /^Register/ }).dblclick()
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  expect(asked.filter((url) => url.endsWith('/api/workshop/checkout'))).toHaveLength(1)
})

test('a bank transfer is awaited, and confirmed when it arrives', async ({ page, shop }) => {
  await page.goto(workshop)
  await page.getByRole('button', { name: /^Register/ }).click()
  await shop.pay({ method: 'bank' })
  await expect(page.getByRole('heading', { name: 'Your bank is still working on the payment' })).toBeVisible()
  const sessionId = new URL(page.url()).searchParams.get('session_id')
  await shop.sandbox(`/sessions/${sessionId}/settle`, { ok: true })
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible({ timeout: 30_000 })
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('the whole sale works', async ({ page, shop }) => {
    await page.goto(workshop)
    await expect(page.locator('[data-slot=offer-total]')).toHaveText('$424')
    await page.getByRole('button', { name: 'Register · $424' }).click()
    await shop.pay()
    await expect(page).toHaveURL(/confirmation/)
    await expect(async () => {
      await page.reload()
      await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible({ timeout: 1000 })
    }).toPass()
  })

  test('who has a seat is led to it, and told that nothing was bought', async ({ page, shop }) => {
    const press = async () => {
      // One that nobody else of these tests is registered for.
      await page.goto('/workshop/typescript-at-scale')
      await page.getByRole('button', { name: /^Register/ }).click()
    }
    const said = page.locator('[data-slot=already-purchased]')
    await shop.signInAs('yearly')
    await press()
    await shop.pay({ email: null })
    await expect(page).toHaveURL(/confirmation/)
    await expect(said).toHaveCount(0)
    await press()
    await expect(said).toContainText('nothing was charged')
    await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  })

  test('a code is taken from the page’s own form', async ({ page }) => {
    await page.goto(workshop)
    await page.getByText('Have a code?').click()
    await page.getByLabel('Code').fill('FRIENDS')
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect(page.getByText('The code FRIENDS is applied:')).toBeVisible()
    await page.getByRole('button', { name: 'Register · $399.20' }).click()
    await expect(page.getByTestId('hosted-total')).toHaveText('$399.20')
  })
})

test('the whole sale works by keyboard alone, from the list to the calendar file', async ({ page, shop }) => {
  /** Presses Tab until something has the focus, as whoever can't point does. */
  const tabTo = async (target: Locator) => {
    const reached = () => target.evaluate((element) => element === document.activeElement)
    await expect(target).toBeVisible()
    for (let pressed = 0; pressed < 30 && !(await reached()); pressed++) await page.keyboard.press('Tab')
    await expect(target).toBeFocused()
  }
  await page.goto('/')
  await tabTo(page.getByRole('link', { name: 'Claude Code from First Prompt to Production' }))
  await page.keyboard.press('Enter')
  await tabTo(page.getByRole('button', { name: /^Register/ }))
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('hosted-total')).toBeVisible()
  for (const [name, value] of [
    ['email', shop.email],
    ['cardNumber', cards.pays],
    ['cardExpiry', '12 / 34'],
    ['cardCvc', '123'],
    ['billingName', 'Buyer'],
  ] as const) {
    await tabTo(page.locator(`[name=${name}]`))
    await page.keyboard.type(value)
  }
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  await tabTo(page.getByRole('link', { name: 'Calendar file (.ics)' }))
  const downloaded = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  expect((await downloaded).suggestedFilename()).toMatch(/\.ics$/)
})
