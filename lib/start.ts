import 'server-only'
import { commerce } from '@/lib/commerce'
import { EnvError, env } from '@/lib/env'

/** Checks the environment and warms what the first buyer would wait for. Throws nothing: it ends the process instead. */
export function start(): void {
  try {
    env()
  } catch (error) {
    process.stderr.write(
      `${error instanceof EnvError ? error.message : 'The environment could not be read.'}\n`,
    )
    process.exit(1)
  }
  if (env().commerce) void warm()
}

async function warm(): Promise<void> {
  const { deps, handle } = commerce()
  await handle.pool
    .query('select 1')
    .catch((error: unknown) => deps.log.warn({ err: error }, 'the database does not answer yet'))
}
