// Behind `npm run test:chaos`: thousands of sales while everything around them fails.
import { spawnSync } from 'node:child_process'
import { findMysqlBinaries } from '../../sandbox/mysql/binaries.mjs'
import { seedOfRun } from '../../sandbox/testing/random'
import { readArguments, refuse } from '../../scripts/arguments.mjs'
import { childEnv, root } from '../../scripts/project.mjs'
import buildOnce from '../../scripts/vitest/production-build'
import { controls } from './controls'
import { type Report, run } from './run'

const usage = `npm run test:chaos                  thousands of sales while everything around them fails; ten minutes
npm run test:chaos -- --sample      its short form in npm test
npm run test:chaos -- --control     takes one protection away at a time: each run must then fail
npm run test:chaos -- --seed N      chooses as an earlier run did
npm run test:chaos -- --visits N    so many visits
npm run test:chaos -- --help        shows this`

const { values } = readArguments(usage, {
  seed: { type: 'string' },
  visits: { type: 'string' },
  sample: { type: 'boolean' },
  control: { type: 'boolean' },
})

const say = (line: string) => console.log(line)

function wholeNumber(name: string, value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number > 0) return number
  return refuse(`--${name} is not a whole number above 0: ${value}`, usage)
}

const seed = values.seed ? wholeNumber('seed', values.seed) : seedOfRun('CHAOS_SEED')
const visits = values.visits ? wholeNumber('visits', values.visits) : values.sample ? 150 : 3000

function print({ facts, visits: made, deliveries, faults, problems, seconds }: Report): void {
  say(`visits: ${made}`)
  say(`deliveries: ${deliveries}`)
  say(`faults: ${faults}`)
  for (const [what, count] of Object.entries(facts)) say(`${what}: ${count}`)
  for (const problem of problems.slice(0, 20)) say(`  WRONG: ${problem}`)
  if (problems.length > 20) say(`  … and ${problems.length - 20} more`)
  say(
    `${problems.length === 0 ? 'nothing lost, nothing doubled' : `${problems.length} problems`}, in ${seconds} s (--seed ${seed})`,
  )
}

async function showControls(): Promise<boolean> {
  let good = true
  for (const control of controls) {
    say(`\nwithout it: ${control.name}`)
    const { problems } = await run({
      seed,
      visits: values.visits ? visits : 250,
      abreast: 16,
      pauseMs: 0,
      mail: 'smtp',
      control,
      log: say,
    })
    const seen = problems.filter((problem) => control.expected.test(problem))
    say(
      seen.length > 0
        ? `  fails, as it must: ${seen[0]} (${problems.length} problems)`
        : '  NOTHING WAS NOTICED: this check can not fail',
    )
    good &&= seen.length > 0
  }
  for (const [name, variables] of Object.entries(testControls)) {
    say(`\nwithout it: ${name}`)
    const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'integration', ...variables.files], {
      cwd: root,
      env: childEnv({ ...variables.env, TEST_DATABASE_URL: undefined }),
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    say(status === 0 ? '  fails, as it must' : '  NOTHING WAS NOTICED: this check can not fail')
    good &&= status === 0
  }
  return good
}

/** Tests with a control of their own, which pass if they notice it. */
const testControls = {
  'the crash matrix without the transaction': {
    files: ['lib/fulfillment/crash'],
    env: { CRASH_CONTROL: '1', CRASH_CUTS: 'all' },
  },
  'the model without locks and unique keys': {
    files: ['lib/fulfillment/model'],
    env: { MODEL_CONTROL: '1' },
  },
}

// What was started goes when this process exits; a signal alone would not let it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

if (!findMysqlBinaries()) {
  console.error(
    'test:chaos stops and starts a database of its own, and no MariaDB or MySQL server is installed here.',
  )
  process.exit(1)
}
await buildOnce()
if (values.control) {
  process.exitCode = (await showControls()) ? 0 : 1
} else {
  say(
    `${visits} visits by seed ${seed}: 16 senders, two servers, one database, one Stripe and one mail server, all of which fail`,
  )
  const pace = values.sample ? { abreast: 8, pauseMs: 3000 } : { abreast: 24, pauseMs: 1500 }
  const smtp = await run({ seed, visits, ...pace, mail: 'smtp', log: say })
  print(smtp)
  let problems = smtp.problems.length
  if (!values.sample) {
    const more = Math.ceil(visits / 5)
    say(`\n${more} more, with a mail provider that honours idempotency keys`)
    const resend = await run({ seed, visits: more, ...pace, mail: 'resend', log: say })
    print(resend)
    problems += resend.problems.length
  }
  process.exitCode = problems === 0 ? 0 : 1
}
