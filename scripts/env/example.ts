import { variables } from '@/lib/env'

/** Without these nothing starts; everything else has a default or is optional. */
const required = ['DATABASE_URL', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'NEXT_PUBLIC_APP_URL']

/** The text of `.env.example`: every variable that the server reads, what it is for, and what one looks like. */
export function envExample(): string {
  const entries = Object.entries(variables).map(([name, { about, example }]) => {
    const line = `${name}=${/[\s#]/.test(example) ? JSON.stringify(example) : example}`
    return `# ${about}\n${required.includes(name) ? line : `# ${line}`}`
  })
  return [
    '# Copy to .env.local and fill in. Variables that are commented out are optional, or have the default shown in',
    '# docs/operator.md. Generated from lib/env.ts by: npm run env:example',
    '',
    entries.join('\n\n'),
    '',
  ].join('\n')
}
