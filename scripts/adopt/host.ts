import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { childEnv, root } from '../project.mjs'
import { Explained } from '../report.mjs'

const execute = promisify(execFile)

/** One kind of app that somebody may have. */
export type Kind = { name: string; router: 'app' | 'pages'; src: boolean; alias: string; tailwind?: boolean }

/** An app as `create-next-app` makes it, with our item installed and our snippet on its first page. */
export type Host = Kind & { folder: string; sources: string }

/** Runs a command in a host to its end. @throws Explained with what it said */
export async function inHost(folder: string, command: string, args: string[], env = {}): Promise<string> {
  try {
    const { stdout } = await execute(command, args, {
      cwd: folder,
      env: childEnv({
        CI: '1',
        NEXT_TELEMETRY_DISABLED: '1',
        npm_config_audit: 'false',
        npm_config_fund: 'false',
        npm_config_prefer_offline: 'true',
        ...env,
      }),
      maxBuffer: 64 * 1024 * 1024,
    })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Explained(
      `${command} ${args.join(' ')} failed in ${folder}\n${`${stdout}\n${stderr}`.slice(-4000)}`,
    )
  }
}

const tool = (name: string) => join(root, 'node_modules', '.bin', name)

/** Makes the app, and installs an item of the registry into it, as its developer would. */
export async function makeHost(within: string, kind: Kind, itemUrl: string): Promise<Host> {
  const folder = join(within, kind.name)
  const flags = [
    ...[
      '--ts',
      '--eslint',
      kind.tailwind ? '--tailwind' : '--no-tailwind',
      '--no-react-compiler',
      '--use-npm',
      '--yes',
      '--skip-install',
      '--disable-git',
    ],
    kind.router === 'app' ? '--app' : '--no-app',
    kind.src ? '--src-dir' : '--no-src-dir',
    '--import-alias',
    `${kind.alias}/*`,
  ]
  await inHost(within, tool('create-next-app'), [kind.name, ...flags])
  // As egghead-next has it.
  if (kind.router === 'pages') await inHost(folder, 'npm', ['install', '@tanstack/react-query@4.44.0'])
  await inHost(folder, tool('shadcn'), ['add', itemUrl, '--yes'])
  if (kind.tailwind) keepCssModules(folder)
  const host = { ...kind, folder, sources: kind.src ? join(folder, 'src') : folder }
  if (kind.router === 'app') writeAppRouter(host)
  else writePagesRouter(host)
  return host
}

/** What docs/start.md says to change. */
function keepCssModules(folder: string): void {
  const file = join(folder, 'next.config.ts')
  const before = readFileSync(file, 'utf8')
  const after = before.replace('"*.css": {', '"globals.css": {')
  if (after === before) throw new Explained(`${file} no longer has the rule that docs/start.md speaks of`)
  writeFileSync(file, after)
}

/** What the README says to write; and a layout without the fonts that create-next-app fetches from another server. */
function writeAppRouter({ sources, alias }: Host): void {
  writeFileSync(
    join(sources, 'app/layout.tsx'),
    `import './globals.css'
import type { ReactNode } from 'react'

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
`,
  )
  writeFileSync(
    join(sources, 'app/page.tsx'),
    `import { OfferPrice } from '${alias}/components/offer-price/offer-price'
import { RegisterButton } from '${alias}/components/register-button/register-button'
import { declaredWorkshop } from '${alias}/lib/workshop-checkout/storefront'

export default function Page() {
  const workshop = declaredWorkshop('my-workshop')
  if (!workshop) return null
  return (
    <main>
      <h1>{workshop.title}</h1>
      <OfferPrice workshop={workshop} />
      <RegisterButton workshop={workshop} />
    </main>
  )
}
`,
  )
}

/** A page of egghead-next's make: its flag, its markup, and the button where the anchor to the payment link was. */
function writePagesRouter({ folder, sources, alias }: Host): void {
  for (const file of ['pages/_document.tsx', 'pages/api/hello.ts'])
    rmSync(join(sources, file), { force: true })
  writeFileSync(
    join(sources, 'pages/index.tsx'),
    `import { RegisterButton } from '${alias}/components/register-button/register-button'
import { fromLiveWorkshop, type LiveWorkshop } from '${alias}/lib/workshop-checkout/egghead/live-workshop'

const liveWorkshop: LiveWorkshop = {
  date: '2030-06-04',
  startTime: '9:00 AM',
  endTime: '1:00 PM',
  timeZone: 'Pacific Time (PST)',
  utcOffset: 'UTC-8',
  isSaleLive: true,
  isEuFriendly: true,
  isEarlyBird: false,
  productId: 'prod_MyWorkshop',
  workshopPrice: '$99',
  stripePaymentLink: '',
  stripeEarlyBirdMemberCouponCode: '',
  stripeMemberCouponCode: '',
  stripeEarlyBirdCouponCode: '',
  stripeEarlyBirdMemberDiscount: '',
  stripeMemberDiscount: '',
  stripeEarlyBirdNonMemberDiscount: '',
}

export default function Page() {
  return (
    <main>
      <h1>My Workshop</h1>
      <RegisterButton {...fromLiveWorkshop(liveWorkshop, { slug: 'my-workshop', title: 'My Workshop', couponToApply: { queryParam: '' } })} />
    </main>
  )
}
`,
  )
  const app = `import type { AppProps } from 'next/app'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'

export default function App({ Component, pageProps }: AppProps) {
  const [client] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={client}>
      <Component {...pageProps} />
    </QueryClientProvider>
  )
}
`
  writeFile(join(sources, 'pages/_app.tsx'), app)
  keepsItsQuery(folder)
  const confirmation = `import type { GetServerSideProps } from 'next'
import { CheckoutStatus } from '${alias}/components/checkout-status/checkout-status'

export const getServerSideProps: GetServerSideProps<{ sessionId: string | null }> = async ({ query }) => ({
  props: { sessionId: typeof query.session_id === 'string' ? query.session_id : null },
})

export default function Confirmation({ sessionId }: { sessionId: string | null }) {
  return <CheckoutStatus sessionId={sessionId ?? undefined} />
}
`
  writeFile(join(sources, 'pages/workshop/[slug]/confirmation.tsx'), confirmation)
  rmSync(join(folder, '.env.local'), { force: true })
}

/** What was there before us is still there, at its version. */
function keepsItsQuery(folder: string): void {
  const installed = JSON.parse(
    readFileSync(join(folder, 'node_modules/@tanstack/react-query/package.json'), 'utf8'),
  )
  if (installed.version !== '4.44.0')
    throw new Explained(`The host had TanStack Query 4.44.0, and now has ${installed.version}.`)
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
