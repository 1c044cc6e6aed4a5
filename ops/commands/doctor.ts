import { Command } from 'commander'
import { databaseErrorCode } from '@/db/errors'
import { explainDatabase } from '@/db/explain'
import { EnvError, readEnv } from '@/lib/env'
import { type OpsDeps, withOps } from '../deps'
import { checkInngest, checkMail } from '../doctor/channels'
import { type Check, wrong } from '../doctor/check'
import { checkDatabase } from '../doctor/database'
import { checkEnvironment } from '../doctor/environment'
import { checkHost } from '../doctor/host'
import { checkDeclarations, checkStripe } from '../doctor/stripe'
import { checkEndpoints, checkWebhook } from '../doctor/webhook'
import { explainStripe } from '../explain-stripe'
import { counted, say } from '../say'

/** `ops doctor`: looks at everything that a sale needs. */
export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('looks at everything that a sale needs, and says how to mend what is wrong; writes nothing')
    .option('--json', 'one JSON object a line')
    .action(async (options: { json?: boolean }) => {
      const checks = [...checkEnvironment(process.env), checkHost(process.cwd())]
      if (isComplete()) await withOps(async (deps) => void checks.push(...(await checkAll(deps))))
      for (const check of checks) show(check, options)
      const count = (level: Check['level']) => checks.filter((check) => check.level === level).length
      const [bad, odd] = [count('wrong'), count('warning')]
      say(
        options.json
          ? JSON.stringify({ wrong: bad, warnings: odd })
          : `${bad} wrong, ${counted(odd, 'warning')}`,
      )
      if (bad > 0) process.exitCode = 1
    })

function isComplete(): boolean {
  try {
    return readEnv(process.env).commerce
  } catch (error) {
    if (error instanceof EnvError) return false
    throw error
  }
}

const LOOKS = [
  checkStripe,
  checkDatabase,
  checkWebhook,
  checkEndpoints,
  checkDeclarations,
  checkMail,
  checkInngest,
]

/** Each by itself: what one of them can't find out, the others may. */
async function checkAll(deps: OpsDeps): Promise<Check[]> {
  const found: Check[] = []
  for (const look of LOOKS) {
    deps.signal.throwIfAborted()
    const name = look.name.replace(/^check/, '').toLowerCase()
    found.push(...(await look(deps).catch((error: unknown) => [failed(name, error)])))
  }
  return found
}

function failed(name: string, error: unknown): Check {
  const aboutStripe = explainStripe(error)
  if (aboutStripe) return wrong(name, 'could not be looked at: Stripe failed', aboutStripe)
  const advice = explainDatabase(error)
  if (advice) return wrong(name, `the database answers ${databaseErrorCode(error)}`, advice)
  const why = error instanceof Error ? error.message : 'no reason given'
  return wrong(name, `could not be looked at: ${why}`, 'Mend what is wrong above, and look again.')
}

const SIGNS = { fine: '✓', warning: '!', wrong: '✗' } as const

function show({ name, level, detail, fix }: Check, { json }: { json?: boolean }): void {
  if (json) say(JSON.stringify({ name, level, detail, ...(fix && { fix }) }))
  else say(`${SIGNS[level]} ${name}: ${detail}${fix ? `\n    ${fix}` : ''}`)
}
