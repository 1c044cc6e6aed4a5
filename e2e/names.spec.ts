import { expect, test } from './support/test'

/** What a screen reader is told: roles, names and the order of things. */

test('the register panel, to nobody in particular', async ({ page }) => {
  await page.goto('/workshop/claude-code')
  await expect(page.getByRole('button', { name: 'Register · $424' })).toHaveAccessibleDescription(
    "You pay on Stripe's page. The receipt comes by e\u2011mail.",
  )
  await expect(page.getByRole('complementary', { name: 'Register' })).toMatchAriaSnapshot(`
    - complementary "Register":
      - paragraph:
        - text: "Regular price: $499 Price now:"
        - strong: $424
      - paragraph: /Early-bird price until .+\\. You save \\$75\\./
      - paragraph:
        - time: /In your time until .+ from now/
      - paragraph: /\\d+ seats left/
      - group: Have a code?
      - button "Register · $424"
      - status: You pay on Stripe's page. The receipt comes by e\u2011mail.
  `)
})

test('a code that fails is told to whoever is in the field', async ({ page }) => {
  await page.goto('/workshop/claude-code')
  await page.getByText('Have a code?').click()
  const field = page.getByRole('textbox', { name: 'Code' })
  await field.fill('SPRING')
  await field.press('Enter')
  await expect(field).toHaveAccessibleDescription(/The code SPRING doesn't work for this workshop\./)
  await expect(field).toHaveAttribute('aria-invalid', 'true')
})

test('the page as a whole has one heading of the first level, and its parts in order', async ({ page }) => {
  await page.goto('/workshop/claude-code')
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - article:
        - heading "Claude Code from First Prompt to Production" [level=1]
        - heading "What we do" [level=2]
        - heading "Who teaches" [level=2]
        - heading "How you join" [level=2]
      - complementary "Register"
  `)
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
})

test('the list of workshops: when, what, and at which price', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('listitem').first()).toMatchAriaSnapshot(`
    - listitem:
      - paragraph:
        - time
        - text: Los Angeles
      - heading "Claude Code from First Prompt to Production" [level=2]:
        - link "Claude Code from First Prompt to Production"
      - paragraph
      - paragraph: /with .+/
      - paragraph:
        - text: "Regular price: $499 Price now:"
        - strong: $424
      - paragraph: /Early-bird price until .+/
  `)
})

test('the confirmation', async ({ page, shop }) => {
  const id = await shop.startCheckout()
  await shop.sandbox(`/sessions/${id}/pay`, { email: shop.email })
  await page.goto(`/workshop/claude-code/confirmation?session_id=${id}`)
  await expect(page.getByRole('heading', { name: "You're in." })).toBeVisible()
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - status:
        - heading "You're in." [level=1]
        - paragraph: /A receipt is on its way to/
      - paragraph: Claude Code from First Prompt to Production
      - term: When
      - definition:
        - time: /your time/
      - term: Add to calendar
      - definition:
        - link "Calendar file (.ics)"
        - link "Google Calendar"
        - link "Outlook"
      - term: Paid
      - definition:
        - text: $424
        - link "See the receipt"
      - heading "What happens next" [level=2]
  `)
})
