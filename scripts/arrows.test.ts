import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import configuration from '../.dependency-cruiser.mjs'

const house: Record<string, string> = {
  'app/page.ts': '',
  'app/api/x/route.ts': "import '../../../db/client'",
  'components/button.ts': "import '../lib/contract/schemas'",
  'components/price.ts': "import type { Money } from '../lib/contract/money'\nexport type Price = Money",
  'components/sum.ts': "import { sum } from '../lib/contract/money'\nexport const total = sum",
  'db/client.ts': '',
  'db/rows.ts': "import '../lib/pricing/money'",
  'db/seed.ts': "import '../lib/pricing/money'",
  'lib/contract/money.ts': 'export type Money = number\nexport const sum = 0',
  'lib/contract/schemas.ts': '',
  'lib/contract/types.ts': "import '../stripe/client'",
  'lib/pricing/money.ts': '',
  'lib/pricing/offer.ts': "import '../../db/client'",
  'lib/stripe/client.ts': "import '../../sandbox/stripe/server'",
  'lib/email/mail.ts': "import '../../app/page'",
  'lib/outbox/a.ts': "import './b'",
  'lib/outbox/b.ts': "import './a'",
  'sandbox/stripe/server.ts': "import '../../lib/email/mail'",
  'lib/checkout/fine.ts': "import '../contract/schemas'",
}

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arrows-'))
  for (const [file, text] of Object.entries(house)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text || 'export {}')
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every arrow that points up is found, and no other', async () => {
  const { forbidden = [] } = configuration as IConfiguration
  const { output } = await cruise(['app', 'components', 'db', 'lib', 'sandbox'], {
    baseDir: folder,
    validate: true,
    tsPreCompilationDeps: true,
    ruleSet: { forbidden },
  })
  const found = (output as ICruiseResult).summary.violations.map(({ rule, from }) => `${from}: ${rule.name}`)
  expect([...new Set(found)].sort()).toEqual([
    'app/api/x/route.ts: routes-bind-and-export',
    'components/button.ts: components-see-contract-types',
    'components/button.ts: components-take-types-only',
    'components/sum.ts: components-take-types-only',
    'db/rows.ts: db-at-the-bottom',
    'lib/contract/types.ts: contract-imports-nothing',
    'lib/email/mail.ts: lib-below-pages',
    'lib/outbox/a.ts: no-cycles',
    'lib/pricing/offer.ts: pricing-is-pure',
    'lib/stripe/client.ts: product-without-scaffolding',
    'sandbox/stripe/server.ts: sandbox-without-product',
  ])
})
