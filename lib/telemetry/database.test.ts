import { expect, test } from 'vitest'
import { databaseErrorKind } from './database'

const failing = (code?: string) =>
  new Error('it failed', { cause: Object.assign(new Error('the driver says so'), code && { code }) })

test.for([
  ['ER_DUP_ENTRY', 'insert', 'duplicate'],
  ['ER_LOCK_DEADLOCK', 'update', 'lock'],
  ['ER_LOCK_WAIT_TIMEOUT', 'select', 'lock'],
  ['ECONNREFUSED', 'acquire', 'connection'],
  ['PROTOCOL_CONNECTION_LOST', 'select', 'connection'],
  // Whatever keeps a connection from being had.
  [undefined, 'acquire', 'connection'],
  ['ER_NO_SUCH_TABLE', 'select', 'other'],
  [undefined, 'commit', 'other'],
] as const)('%s at %s counts as %s', ([code, operation, kind]) => {
  expect(databaseErrorKind(failing(code), operation)).toBe(kind)
})
