import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type Closure, closureOf } from './imports'

/** What a host can install by name. */
export type Item = {
  name: string
  title: string
  description: string
  /** Where a host's adoption begins; all else follows from what these import. */
  entries: string[]
  /** Files of ours to the ones that a host gets in their place. */
  replacements: Map<string, string>
  /** Packages that it brings under a name of its own: a host may have another version, and keeps it. */
  aliases?: ReadonlyMap<string, string>
  envVars?: Record<string, string>
  docs?: string
}

const templates = 'registry'

/** Where a file of ours lands in a host. Server code keeps to a folder of its own: a host has a `lib/env.ts` already. */
export function targetOf(file: string): string {
  if (file.startsWith('lib/')) return `lib/workshop-checkout/${file.slice('lib/'.length)}`
  if (/^(db|ops|scripts)\//.test(file)) return `lib/workshop-checkout/${file}`
  return file
}

const filesIn = (root: string, folder: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => posix.join(entry.parentPath.slice(root.length + 1), entry.name))
        .sort()
    : []

/** `registry/<set>/…` mirrors the tree: each of its files takes the place of ours, or comes on top. */
const templatesOf = (root: string, set: string) =>
  filesIn(root, posix.join(templates, set)).map(
    (file) => [file.slice(`${templates}/${set}/`.length), file] as const,
  )

/** A page that is there already, egghead's among them, may be on TanStack Query 4, which npm would replace. */
const ownQuery = new Map([['@tanstack/react-query', 'workshop-query']])

const isDemo = (file: string) => file.startsWith('app/api/demo/')

/** Every item, read off the tree. */
export function itemsOf(root: string): Item[] {
  const routes = filesIn(root, 'app').filter((file) => file.endsWith('/route.ts') && !isDemo(file))
  // What browsers ask, and what an operator reads of any server; what Stripe and a scheduler call is the commerce side's.
  const storefrontRoutes = routes.filter((file) =>
    /^app\/(api\/(workshop|health|metrics)|workshop|\.well-known)\//.test(file),
  )
  const egghead = filesIn(root, 'lib/egghead').filter((file) => !file.includes('.test.'))
  const components = filesIn(root, 'components').filter((file) => {
    const [, folder, name] = file.split('/')
    return name === `${folder}.tsx`
  })
  const shared = templatesOf(root, 'shared')
  const appRouter = [...shared, ...templatesOf(root, 'app-router')]
  const storefront = [...shared, ...templatesOf(root, 'storefront')]
  return [
    {
      name: 'workshop-checkout',
      title: 'Workshop Checkout',
      description:
        'Sells workshop seats through Stripe Checkout: components, route handlers, database, command line.',
      entries: [
        ...components,
        ...routes,
        ...appRouter.map(([file]) => file),
        ...egghead,
        'lib/storefront/index.ts',
        'proxy.ts',
        'instrumentation.ts',
        'scripts/run.mjs',
        'scripts/stop-signals.d.mts',
        'db/migrate.ts',
        'db/seed.ts',
        'ops/main.ts',
      ],
      replacements: new Map(appRouter),
      envVars: {
        DATABASE_URL: '',
        STRIPE_SECRET_KEY: '',
        STRIPE_WEBHOOK_SECRET: '',
        NEXT_PUBLIC_APP_URL: 'http://localhost:3000',
        CRON_SECRET: '',
        SMTP_URL: '',
        EMAIL_FROM: '',
      },
      docs: nextSteps,
    },
    {
      name: 'workshop-storefront',
      title: 'Workshop Checkout, storefront alone',
      description:
        "The components, the browser's route handlers and the metrics, for an app that sells through a commerce side elsewhere. For the Pages Router too.",
      entries: [
        ...components,
        ...storefrontRoutes,
        ...storefront.map(([file]) => file),
        ...egghead,
        'lib/storefront/index.ts',
        'proxy.ts',
        'instrumentation.ts',
      ],
      replacements: new Map(storefront),
      aliases: ownQuery,
      envVars: {
        COURSE_BUILDER_API_URL: '',
        COURSE_BUILDER_API_KEY: '',
        NEXT_PUBLIC_APP_URL: 'http://localhost:3000',
      },
      docs: storefrontSteps,
    },
    ...components.map((file) => componentItem(file)),
  ]
}

function componentItem(file: string): Item {
  const name = file.split('/')[1] ?? ''
  const title = name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
  return {
    name,
    title: `<${title}>`,
    description: `The component <${title}> alone, for a page whose checkout is answered by another app.`,
    entries: [file],
    replacements: new Map(),
    aliases: ownQuery,
  }
}

/** create-next-app 16.4 with Tailwind makes plain style sheets of CSS Modules, everybody's. */
const cssModules = (step: number) =>
  `  ${step}. If next.config.ts has a turbopack rule for "*.css": name it "globals.css", or no CSS Module has an effect.`

const nextSteps = `Next:
  1. .env.local: fill in the variables that were added.
  2. workshops.config.ts: your workshops. viewer.config.ts: who is signed in.
  3. node lib/workshop-checkout/scripts/run.mjs migrate, then seed   (with src/: node src/lib/…)
  4. app/workshop/[slug]/page.tsx: your page, with <RegisterButton workshop={declaredWorkshop(slug)} />. Buyers are led back to that address.
${cssModules(5)}`

const storefrontSteps = `Next:
  1. .env.local: where the commerce side is, and the key that you share with it.
  2. workshops.config.ts: your workshops. viewer.config.ts: who is signed in.
  3. Put <RegisterButton workshop={…} /> on the page at /workshop/{slug}. Buyers are led back to that address.
${cssModules(4)}`

/** An item with all of its files, and its packages at the versions of this repository. */
export type Resolved = Item & Closure & { dependencies: string[]; devDependencies: string[] }

/** What every host of ours has by itself. */
const hostsOwn = new Set(['next', 'react', 'react-dom'])

/** What the command line is run by, which our own server does without. */
const RUNS_OURS = new Set(['tsx', 'esbuild'])

type Versions = { dependencies: Record<string, string>; devDependencies: Record<string, string> }

/** @throws Error where a package is needed that package.json doesn't list among its dependencies */
export function resolveItem(root: string, item: Item): Resolved {
  const closure = closureOf(root, item.entries, item.replacements)
  const { dependencies, devDependencies }: Versions = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const names = closure.packages.filter((name) => !hostsOwn.has(name))
  const versioned = (name: string) => {
    const version = dependencies[name] ?? (RUNS_OURS.has(name) ? devDependencies[name] : undefined)
    if (!version) throw new Error(`${item.name} needs ${name}, which is none of our dependencies`)
    const alias = item.aliases?.get(name)
    return alias ? `${alias}@npm:${name}@${version}` : `${name}@${version}`
  }
  const types = names
    .map((name) => `@types/${name.replace(/^@(.+)\//, '$1__')}`)
    .flatMap((name) => (devDependencies[name] ? `${name}@${devDependencies[name]}` : []))
  return { ...item, ...closure, dependencies: names.map(versioned), devDependencies: types }
}
