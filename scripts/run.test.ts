import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from './project.mjs'

const scripts = 'lib/workshop-checkout/scripts'
let app = ''

beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'workshop-run-'))
  mkdirSync(join(app, scripts), { recursive: true })
  for (const name of ['run.mjs', 'bundle.mjs'])
    copyFileSync(join(root, 'scripts', name), join(app, scripts, name))
})
afterEach(() => rmSync(app, { recursive: true, force: true }))

test.each([
  [{}, 'Usage: node lib/workshop-checkout/scripts/run.mjs migrate | seed | ops'],
  [
    { npm_lifecycle_event: 'workshop', npm_lifecycle_script: `node ${scripts}/run.mjs` },
    'Usage: npm run workshop -- migrate | seed | ops',
  ],
  [
    { npm_lifecycle_event: 'deploy', npm_lifecycle_script: './deploy.sh' },
    'Usage: node lib/workshop-checkout/scripts/run.mjs migrate | seed | ops',
  ],
])('in an app that installed us it is named as it was called: %j', (env, usage) => {
  const { stderr, status } = spawnSync(process.execPath, [`${scripts}/run.mjs`, 'nothing'], {
    cwd: app,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE_ENV: 'test', ...env },
  })
  expect(stderr).toBe(`${usage}\n`)
  expect(status).toBe(2)
})
