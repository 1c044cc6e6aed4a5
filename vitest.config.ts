import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { chromiumLaunchOptions } from './scripts/chromium.mjs'
import { LongestFirst } from './scripts/vitest/longest-first'

const root = import.meta.dirname

// Next resolves this marker away on the server; everywhere else importing it throws.
const serverOnly = join(root, 'node_modules/server-only/empty.js')

const setupFiles = ['./scripts/vitest/fail-on-console-error.ts']

const node: TestProjectConfiguration[] = [
  {
    extends: true,
    test: {
      name: 'unit',
      environment: 'node',
      include: ['{lib,components,sandbox,scripts,ops}/**/*.test.{ts,tsx}'],
      exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
      setupFiles,
    },
  },
  {
    extends: true,
    test: {
      name: 'integration',
      environment: 'node',
      include: ['**/*.integration.test.ts'],
      exclude: ['**/node_modules/**', '.next/**', '.cache/**', '.data/**'],
      globalSetup: ['./scripts/vitest/private-database.ts', './scripts/vitest/production-build.ts'],
      setupFiles,
      // One more than a small machine has cores: many of these wait for clocks, locks and processes, not for the processor.
      maxWorkers: 3,
      // A slow machine of two cores takes its time; what must be quick says so itself.
      testTimeout: 120_000,
      hookTimeout: 180_000,
      expect: { poll: { timeout: 20_000 } },
    },
  },
]

const storybook = join(root, '.storybook')

// A function, because the plugin reads Storybook's configuration as soon as it is made.
const stories = (): TestProjectConfiguration => ({
  extends: true,
  plugins: [storybookTest({ configDir: storybook })],
  test: {
    name: 'stories',
    testTimeout: 40_000,
    browser: {
      enabled: true,
      headless: true,
      // A cold start on a busy machine of two cores takes its time.
      connectTimeout: 240_000,
      // What is looked at is where things come to rest.
      provider: playwright({
        launchOptions: chromiumLaunchOptions(),
        contextOptions: { reducedMotion: 'reduce', timezoneId: 'Europe/Paris' },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
})

export default defineConfig({
  resolve: { alias: { '@': root, 'server-only': serverOnly } },
  test: {
    sequence: { sequencer: LongestFirst },
    projects: existsSync(join(storybook, 'main.ts')) ? [...node, stories()] : node,
  },
})
