import { defineConfig, devices } from '@playwright/test'
import { chromiumLaunchOptions } from './scripts/chromium.mjs'

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/support/start-stack.ts',
  outputDir: '.cache/playwright',
  // One stack for all: each test buys under an address of its own, and the last workers would only wait for the CPU.
  workers: 2,
  fullyParallel: true,
  timeout: 45_000,
  expect: { timeout: 12_000 },
  forbidOnly: Boolean(process.env.CI),
  projects: [
    { name: 'sales', testIgnore: 'faults.spec.ts' },
    // What these break is broken for everybody: alone, and after the others.
    { name: 'faults', testMatch: 'faults.spec.ts', dependencies: ['sales'], fullyParallel: false },
    ...(process.env.PICTURES ? [{ name: 'pictures', testMatch: 'pictures.ts' }] : []),
  ],
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    channel: undefined,
    launchOptions: chromiumLaunchOptions(),
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    trace: 'retain-on-failure',
  },
})
