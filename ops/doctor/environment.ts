import { EnvError, readEnv, variables } from '@/lib/env'
import { type Check, fine, warning, wrong } from './check'

type Source = Record<string, string | undefined>

/** The variables: complete, of one mode, and without what a copied line brings along. Never a value. */
export function checkEnvironment(source: Source): Check[] {
  return [
    ...complete(source),
    ...whitespace(source),
    ...modes(source),
    ...scheduler(source),
    ...proxy(source),
  ]
}

function complete(source: Source): Check[] {
  try {
    readEnv(source)
    return [fine('environment', 'every variable that is needed is there')]
  } catch (error) {
    if (!(error instanceof EnvError)) throw error
    return error.problems.map((problem) =>
      wrong(
        'environment',
        problem,
        'Set the variable where the server gets its environment, and start it again.',
      ),
    )
  }
}

const whitespace = (source: Source): Check[] =>
  Object.keys(variables)
    .filter((name) => {
      const value = source[name] ?? ''
      return value.trim() !== '' && (value !== value.trim() || /[\r\n]/.test(value))
    })
    .map((name) =>
      warning(
        'environment',
        `${name} has a space or a line break around it`,
        'Set it again without: other programs take it as it stands, and then nothing verifies.',
      ),
    )

function modes(source: Source): Check[] {
  const modeOf = (name: string) => /_(test|live)_/.exec(source[name] ?? '')?.[1]
  const secret = modeOf('STRIPE_SECRET_KEY')
  const publishable = modeOf('NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY')
  if (secret && publishable && secret !== publishable)
    return [
      wrong(
        'keys',
        `STRIPE_SECRET_KEY is a ${secret} key, NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY a ${publishable} key`,
        'Take both from the same mode of the same Stripe account.',
      ),
    ]
  return secret ? [fine('keys', `of Stripe's ${secret} mode`)] : []
}

const scheduler = (source: Source): Check[] =>
  source.CRON_SECRET?.trim()
    ? []
    : [
        warning(
          'scheduler',
          'CRON_SECRET is missing, so that api/cron/* is 404 and nothing is tried again',
          'Set CRON_SECRET and let a scheduler call the routes with it.',
        ),
      ]

/** Behind a proxy every visitor has its address. */
function proxy(source: Source): Check[] {
  const { CLIENT_IP_HEADER: header, VERCEL: vercel, NEXT_PUBLIC_APP_URL: url = '' } = source
  if (header?.trim() || vercel?.trim() || !url.startsWith('https://')) return []
  return [
    warning(
      'proxy',
      'CLIENT_IP_HEADER names no header, and something speaks https for this server',
      "Name the header in which your proxy puts the visitor's address, or all of them count as one.",
    ),
  ]
}
