import { defineConfig, devices } from '@playwright/test';

import { environment } from './environment.ts';

/** As root there is no sandbox; the rest keeps the browser from talking to anybody but the console. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: environment.url,
    viewport: { width: 1360, height: 860 },
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: 'light',
    actionTimeout: 10_000,
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: environment.chromium, args: ARGUMENTS },
  },
  projects: [
    { name: 'console', testIgnore: ['outage.spec.ts', 'kubesphere.spec.ts', 'audit.spec.ts'] },
    // Hangs the API server, which nobody else would survive.
    { name: 'outage', testMatch: 'outage.spec.ts', dependencies: ['console'], workers: 1 },
    // Lets KubeSphere's controllers into the project.
    { name: 'kubesphere', testMatch: 'kubesphere.spec.ts', dependencies: ['outage'], workers: 1 },
    // Reads what all of the above left behind.
    { name: 'audit', testMatch: 'audit.spec.ts', dependencies: ['kubesphere'] },
  ],
});
