import { z } from 'zod'
import { readSender } from '@/lib/sender'

/**
 * The environment, validated once. A variable that is missing or malformed stops the start with its name, what it is for
 * and an example; its value is never repeated.
 */

const blank = (value: unknown) => (typeof value === 'string' && value.trim() === '' ? undefined : value)

const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blank, schema.optional())

const origin = z
  .string()
  .trim()
  .pipe(z.url({ protocol: /^https?$/ }))
  .transform((value) => new URL(value))
  // A path would be dropped, and buyers sent to another page than the one that was meant.
  .refine(({ href, origin }) => href === `${origin}/`)
  .transform((url) => url.origin)

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

/** A server's address. Drivers decode its user and password: a bare `%` in one would fail them at the first request. */
const server = (protocol: RegExp) =>
  z.url({ protocol }).refine((value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined
    return url !== undefined && isDecodable(url.username) && isDecodable(url.password)
  })

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

const isLoopback = (url: string) => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)

const loopback = z.url({ protocol: /^https?$/ }).transform((value) => new URL(value).origin)

/** No blanks: the example, which says how to make one, is none. */
const secret = (length: number) => z.string().trim().min(length).regex(/^\S+$/)

/** One line for each variable: what it is for, and what one looks like. Also the source of `.env.example`. */
export const variables = {
  DATABASE_URL: {
    schema: optional(server(/^mysql$/)),
    about: 'the MySQL database shared with Course Builder',
    example: 'mysql://user:password@localhost:3306/coursebuilder',
  },
  TABLE_PREFIX: {
    schema: z.preprocess(
      blank,
      z
        .string()
        .regex(/^[A-Za-z0-9_]{1,32}$/)
        .default('egghead_'),
    ),
    about: "the prefix of Course Builder's tables",
    example: 'egghead_',
  },
  WORKSHOP_DEMO: {
    schema: optional(z.literal('1')),
    about: 'set by `npm run demo` alone: demo sign-in, refuses a live key',
    example: '1',
  },
  STRIPE_SECRET_KEY: {
    schema: optional(
      z
        .string()
        .trim()
        .regex(/^(sk|rk)_(test|live)_\w+$/),
    ),
    about: "Stripe's secret key",
    example: 'sk_test_…',
  },
  STRIPE_WEBHOOK_SECRET: {
    schema: optional(list.pipe(z.array(z.string().regex(/^whsec_[\w+/=-]+$/)).min(1))),
    about: "the webhook endpoint's signing secret; several, comma-separated, during a rotation",
    example: 'whsec_…',
  },
  STRIPE_API_BASE_URL: {
    schema: optional(loopback),
    about: 'a stand-in for Stripe, for development and tests',
    example: 'http://127.0.0.1:4010',
  },
  NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY: {
    schema: optional(
      z
        .string()
        .trim()
        .regex(/^pk_(test|live)_\w+$/),
    ),
    about: "Stripe's publishable key, for the embedded form only",
    example: 'pk_test_…',
  },
  NEXT_PUBLIC_APP_URL: {
    schema: origin,
    about: 'the origin that success and cancel URLs are built from',
    example: 'https://egghead.io',
  },
  COURSE_BUILDER_API_URL: {
    schema: optional(origin),
    about: 'the commerce side, where it is another server',
    example: 'https://course-builder.egghead.io',
  },
  COURSE_BUILDER_API_KEY: {
    schema: optional(secret(32)),
    about: 'the secret shared by storefront and commerce side, 32 bytes or more',
    example: 'openssl rand -hex 32',
  },
  COURSE_BUILDER_API_AUTH: {
    schema: z.preprocess(blank, z.enum(['jwt', 'shared-secret']).default('jwt')),
    about: 'how the storefront shows that it holds the key',
    example: 'jwt',
  },
  ALLOWED_ORIGIN: {
    schema: z.preprocess((value) => blank(value) ?? '', list.pipe(z.array(origin))),
    about: 'other origins whose pages may call, comma-separated',
    example: 'https://egghead.io',
  },
  EGGHEAD_AUTH_URL: {
    schema: optional(origin),
    about: 'the Rails API that knows the viewer; without it everybody is logged out',
    example: 'https://app.egghead.io',
  },
  RESEND_API_KEY: {
    schema: optional(z.string().trim().min(4)),
    about: 'sends e-mail through Resend',
    example: 're_…',
  },
  SMTP_URL: {
    schema: optional(server(/^smtps?$/)),
    about: 'sends e-mail by SMTP',
    example: 'smtp://user:password@localhost:587',
  },
  EMAIL_FROM: {
    schema: optional(
      z
        .string()
        .trim()
        .refine((text) => readSender(text) !== null),
    ),
    about: 'who the e-mail is from',
    example: 'Workshops <workshops@example.com>',
  },
  INNGEST_EVENT_KEY: {
    schema: optional(z.string().trim().min(1)),
    about: "sends Course Builder's events, on which its access, calendar and welcome mail hang",
    example: '9VqZ…',
  },
  INNGEST_BASE_URL: {
    schema: optional(origin),
    about: 'another Inngest server',
    example: 'http://127.0.0.1:8288',
  },
  CRON_SECRET: {
    schema: optional(secret(16)),
    about: 'the bearer secret of api/cron/*',
    example: 'openssl rand -hex 16',
  },
  METRICS_TOKEN: {
    schema: optional(secret(16)),
    about: 'the bearer secret of api/metrics',
    example: 'openssl rand -hex 16',
  },
  SENTRY_DSN: {
    schema: optional(z.url({ protocol: /^https?$/ })),
    about: 'sends errors to Sentry, without e-mails, secrets and bodies',
    example: 'https://key@o1.ingest.sentry.io/1',
  },
  RATE_LIMIT: {
    schema: z.preprocess(
      blank,
      z
        .string()
        .regex(/^(off|[1-9]\d{0,5}\/[1-9]\d{0,4})$/)
        .default('30/60'),
    ),
    about: 'requests per seconds and address',
    example: '30/60',
  },
  REDIS_URL: {
    schema: optional(server(/^rediss?$/)),
    about: 'counts the rate limit there instead of in MySQL',
    example: 'redis://localhost:6379',
  },
  CLIENT_IP_HEADER: {
    schema: optional(z.string().regex(/^[A-Za-z0-9-]+$/)),
    about: "the header in which your proxy names the visitor's address",
    example: 'x-real-ip',
  },
  COUNTRY_HEADER: {
    schema: optional(z.string().regex(/^[A-Za-z0-9-]+$/)),
    about: "the header in which your proxy names the visitor's country",
    example: 'cf-ipcountry',
  },
  VERCEL: {
    schema: optional(z.string()),
    about: 'set by Vercel: its own headers are believed',
    example: '1',
  },
  CHECKOUT_ROLLOUT: {
    schema: z.preprocess(
      blank,
      z
        .string()
        .regex(/^(off|internal|on|(100|\d{1,2})%)$/)
        .default('on'),
    ),
    about: 'the rollout before anyone stored one',
    example: 'off, internal, 25% or on',
  },
  FLAGS_SECRET: {
    schema: optional(
      z
        .string()
        .trim()
        .regex(/^[\w-]{43}$/),
    ),
    about:
      "32 bytes in base64url: Vercel's toolbar may see the rollout's flag, and override it for whoever looks",
    example: 'node -p "crypto.randomBytes(32).toString(\'base64url\')"',
  },
  OVERSOLD: {
    schema: z.preprocess(blank, z.enum(['flag', 'refund']).default('flag')),
    about: 'what happens to money taken after the last seat',
    example: 'flag',
  },
  LINK_SALE_EMAIL: {
    schema: z.preprocess(blank, z.enum(['on', 'off']).default('on')),
    about: 'off while another system still mails payment-link buyers',
    example: 'on',
  },
  LOG_LEVEL: {
    schema: z.preprocess(blank, z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info')),
    about: 'how much is logged',
    example: 'info',
  },
} as const

type Variables = typeof variables
type Shape = { [K in keyof Variables]: Variables[K]['schema'] }

/** The variables, and what follows from them: a live key in use; the commerce side in this process. */
export type Env = z.output<z.ZodObject<Shape>> & { live: boolean; commerce: boolean }

/** Every problem at once, each with the variable's name, purpose and an example. Never a value. */
export class EnvError extends Error {
  override readonly name = 'EnvError'
  constructor(readonly problems: string[]) {
    super(`The environment is not complete:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  }
}

const EMBEDDED = [
  'DATABASE_URL',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'NEXT_PUBLIC_APP_URL',
] as const
const STOREFRONT = ['NEXT_PUBLIC_APP_URL', 'COURSE_BUILDER_API_KEY'] as const

export function readEnv(source: Record<string, string | undefined>): Env {
  const problems: string[] = []
  const complain = (name: keyof Variables, what: string) =>
    problems.push(`${name} ${what}: ${variables[name].about}, e.g. ${variables[name].example}`)
  const shape = Object.fromEntries(Object.entries(variables).map(([name, { schema }]) => [name, schema]))
  const isSet = (name: keyof Variables) => blank(source[name]) !== undefined
  const commerce = !isSet('COURSE_BUILDER_API_URL')
  const mailed = commerce && (isSet('RESEND_API_KEY') || isSet('SMTP_URL'))
  const required = [...(commerce ? EMBEDDED : STOREFRONT), ...(mailed ? (['EMAIL_FROM'] as const) : [])]
  for (const name of required) if (!isSet(name)) complain(name, 'is missing')
  const parsed = z.object(shape as Shape).safeParse(source)
  if (!parsed.success) {
    for (const name of new Set(parsed.error.issues.map((issue) => issue.path[0]))) {
      const known = Object.keys(variables).find((key): key is keyof Variables => key === name)
      if (known && isSet(known)) complain(known, 'is malformed')
    }
    throw new EnvError(problems)
  }
  const env = parsed.data
  const live = env.STRIPE_SECRET_KEY?.includes('_live_') ?? false
  if (live && env.WORKSHOP_DEMO) complain('STRIPE_SECRET_KEY', 'is a live key, which the demo refuses')
  // Anybody may be a member there: it vouches for nobody towards a commerce side that others sell through.
  if (env.WORKSHOP_DEMO && env.COURSE_BUILDER_API_URL && !isLoopback(env.COURSE_BUILDER_API_URL))
    complain('COURSE_BUILDER_API_URL', 'is another machine, which the demo refuses')
  if (env.WORKSHOP_DEMO && env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY?.startsWith('pk_live_'))
    complain('NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY', 'is a live key, which the demo refuses')
  if (live && env.STRIPE_API_BASE_URL) complain('STRIPE_API_BASE_URL', 'is refused with a live key')
  if (problems.length > 0) throw new EnvError(problems)
  return { ...env, live, commerce }
}

let cached: Env | undefined

/** The process's own environment; throws `EnvError`. */
export const env = (): Env => {
  cached ??= readEnv(process.env)
  return cached
}
