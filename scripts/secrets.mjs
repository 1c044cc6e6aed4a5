// @ts-check
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Secrets
 * @property {string} STRIPE_SECRET_KEY for the sandbox; Stripe knows nothing of it
 * @property {string} STRIPE_WEBHOOK_SECRET
 * @property {string} CRON_SECRET
 * @property {string} METRICS_TOKEN
 */

/**
 * The secrets of one stack, made on its first start and kept with its data, so that a restart's signatures still
 * match what was signed before it.
 *
 * @param {string} dataDir
 * @returns {Secrets}
 */
export function keptSecrets(dataDir) {
  const file = join(dataDir, 'secrets.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const random = () => randomBytes(24).toString('hex')
  const secrets = {
    STRIPE_SECRET_KEY: `sk_test_${random()}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${random()}`,
    CRON_SECRET: random(),
    METRICS_TOKEN: random(),
  }
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 })
  return secrets
}
