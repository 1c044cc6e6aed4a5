import { expect, test } from 'vitest'
import { statementsIn } from './statements'

test.each([
  ['select 1', ['select 1']],
  ['insert into a values (1); update b set c = 2;', ['insert into a values (1)', 'update b set c = 2']],
  ["insert into a values ('x; y'); do 0", ["insert into a values ('x; y')", 'do 0']],
  [
    String.raw`insert into a values ('it\'s; so', "a\\"); do 0`,
    [String.raw`insert into a values ('it\'s; so', "a\\")`, 'do 0'],
  ],
  ['select `a;b`', ['select `a;b`']],
  ["select 'it''s; so'", ["select 'it''s; so'"]],
])('%s', (text, statements) => {
  expect(statementsIn(text)).toEqual(statements)
})
