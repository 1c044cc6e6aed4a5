import { startMailInbox } from './inbox'

/** The port in a variable; 0, so any free one, when it is not set. */
function port(name: string): number {
  const number = Number(process.env[name] || 0)
  if (Number.isInteger(number) && number >= 0 && number <= 65535) return number
  console.error(`${name} is not a port: ${process.env[name]}. Example: ${name}=1025`)
  process.exit(1)
}

const inbox = await startMailInbox({
  smtpPort: port('MAIL_SMTP_PORT'),
  httpPort: port('MAIL_HTTP_PORT'),
  ...(process.env.MAIL_DATA && { dataFile: process.env.MAIL_DATA }),
  log: (line) => console.log(line),
})
console.log(`mail inbox ready on ${inbox.url} (${inbox.smtpUrl})`)

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, async () => {
    await inbox.close()
    process.exit(0)
  })
}
