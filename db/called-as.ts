/**
 * How a person calls one of our commands here. An app that installed us calls them by a script of its own, which `scripts/run.mjs`
 * leaves in `WORKSHOP_RUN`; in this repository each has a name.
 */
export function calledAs(command: 'migrate' | 'seed' | 'ops' | `ops ${string}`): string {
  const runner = process.env.WORKSHOP_RUN
  if (runner) return `${runner} ${command}`
  const [name, ...rest] = command.split(' ')
  if (name !== 'ops') return `npm run db:${name}`
  return ['npm run ops', ...rest].join(' -- ')
}
