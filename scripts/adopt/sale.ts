import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { chromium, type Page } from 'playwright'
import { chromiumLaunchOptions } from '../chromium.mjs'
import { Explained } from '../report.mjs'

/** Buys a seat on a host's first page in a browser, and looks for the row and the mail. */
export async function buySeat(
  hostUrl: string,
  databaseUrl: string,
  inboxUrl: string,
  email: string,
): Promise<void> {
  const browser = await chromium.launch(chromiumLaunchOptions())
  try {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(hostUrl)
    const button = page.getByRole('button', { name: 'Register · $99' })
    const background = await button.evaluate((part) => getComputedStyle(part).backgroundColor)
    if (background === 'rgba(0, 0, 0, 0)') throw new Explained('The button has lost its looks.')
    await button.click()
    await page.locator('[name=email]').fill(email)
    await page.locator('[name=cardNumber]').fill('4242 4242 4242 4242')
    await page.locator('[name=cardExpiry]').fill('12 / 34')
    await page.locator('[name=cardCvc]').fill('123')
    await page.locator('[name=billingName]').fill('Buyer')
    await page.getByTestId('hosted-payment-submit-button').click()
    await page.waitForURL(`${hostUrl}/workshop/my-workshop/confirmation?session_id=**`)
    await page.getByRole('heading', { name: "You're in." }).waitFor()
    await calendarOpens(page)
    if (faults.length > 0) throw new Explained(`The page failed: ${faults.join('; ')}`)
  } finally {
    await browser.close()
  }
  const connection = await createConnection(databaseUrl)
  const [rows] = await connection.query<RowDataPacket[]>(
    'select p.totalAmount from egghead_Purchase p join egghead_User u on u.id = p.userId where u.email = ?',
    [email],
  )
  await connection.end()
  if (rows.length !== 1 || Number(rows[0]?.totalAmount) !== 99)
    throw new Explained(`Not one purchase of $99, but ${JSON.stringify(rows)}`)
  await mailArrives(inboxUrl, email)
}

/** The file that the confirmation links is one that a calendar reads. */
async function calendarOpens(page: Page): Promise<void> {
  const link = await page.getByRole('link', { name: /\.ics/ }).getAttribute('href')
  const response = await page.request.get(new URL(link ?? '', page.url()).href)
  const text = await response.text()
  if (!response.ok() || !text.startsWith('BEGIN:VCALENDAR'))
    throw new Explained(`The calendar file ${link} is answered with ${response.status()}.`)
}

async function mailArrives(inboxUrl: string, email: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const response = await fetch(`${inboxUrl}/api/messages`)
    const messages: { envelope: { to: string[] } }[] = await response.json()
    if (messages.some(({ envelope }) => envelope.to.includes(email))) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Explained(`No confirmation e-mail came to ${email}`)
}
