/** What a MySQL driver's error says, through whatever wrapped it. */
export function databaseErrorCode(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const code = 'code' in cause ? cause.code : undefined
    if (
      typeof code === 'string' &&
      (code.startsWith('ER_') || /^(E[A-Z_]+|PROTOCOL_\w+|POOL_\w+)$/.test(code))
    )
      return code
  }
  return undefined
}

export const isDuplicateKey = (error: unknown): boolean => databaseErrorCode(error) === 'ER_DUP_ENTRY'

const TRANSIENT = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'])

/** Whether the same transaction, run again at once, may well succeed. */
export const isDeadlock = (error: unknown): boolean => TRANSIENT.has(databaseErrorCode(error) ?? '')

/** There is nobody, or a server that refuses, is going down, or takes no writes: as bad as not being there. */
const AWAY =
  /^(E(CONN[A-Z]+|AI_AGAIN|TIMEDOUT|PIPE|HOSTUNREACH|NETUNREACH|NOTFOUND)|PROTOCOL_\w+|POOL_\w+|ER_(CON_COUNT_ERROR|TOO_MANY_USER_CONNECTIONS|SERVER_SHUTDOWN|ACCESS_DENIED_ERROR|DBACCESS_DENIED_ERROR|OPTION_PREVENTS_STATEMENT|DISK_FULL|RECORD_FILE_FULL|QUERY_INTERRUPTED))$/

export const isDatabaseAway = (error: unknown): boolean => AWAY.test(databaseErrorCode(error) ?? '')
