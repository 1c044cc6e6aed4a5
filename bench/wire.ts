import { setTimeout as sleep } from 'node:timers/promises'
import { type MysqlProxy, startMysqlProxy } from '../sandbox/mysql/proxy'
import { statementsIn } from '../sandbox/mysql/statements'

/** What somebody said to the database: statements, in how many round trips. */
export type Said = { statements: string[]; trips: number }

export interface CountingWire {
  /** The database's URL, through the wire. */
  url: string
  /** Resolves when nothing has been said for half a second: what goes on after an answer has come to its end. */
  quiet(): Promise<void>
  /** Counts until the work is done; begin and commit included, what a new connection says once left out. */
  count<T>(work: () => Promise<T>): Promise<Said & { answer: T }>
  close(): Promise<void>
}

export async function startCountingWire(databaseUrl: string): Promise<CountingWire> {
  const wire: MysqlProxy = await startMysqlProxy(databaseUrl)
  return {
    url: wire.url,
    async quiet() {
      for (let said = 1; said > 0; ) {
        said = 0
        wire.hooks.before = () => void said++
        await sleep(500)
      }
      wire.hooks.before = undefined
    },
    async count(work) {
      const texts: string[] = []
      wire.hooks.before = (sql) => {
        if (!/^SET (time_zone|innodb|SESSION)/.test(sql)) texts.push(sql)
      }
      try {
        const answer = await work()
        return { answer, statements: texts.flatMap(statementsIn), trips: texts.length }
      } finally {
        wire.hooks.before = undefined
      }
    },
    close: () => wire.close(),
  }
}
