import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { say } from './say'

const said = (line: string) => {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  say(line, stream)
  return text
}

test.each([
  ['sk_live_abcdefgh1234', '[secret]'],
  ['mysql://root:hunter2@db.example.com:3306/shop', '[secret]'],
  ['mysql://user:password@localhost:3306/other', '[secret]'],
  ['smtp://ada:hunter2@mail.example.com', '[secret]'],
])('%s is cut out', (secret, left) => {
  expect(said(`it is ${secret} there`)).toBe(`it is ${left} there\n`)
})

test('an example of ours stays readable', () => {
  const line =
    'DATABASE_URL is missing: the database, e.g. mysql://user:password@localhost:3306/coursebuilder. Set it.'
  expect(said(line)).toBe(`${line}\n`)
})

test('what commands a terminal is cut out, whoever wrote it', () => {
  const [commands, c1] = ['\u001b]0;owned\u0007\u001b[2J', '\u009b31m']
  expect(said(`Ada${commands}${c1}\rno`)).toBe('Ada\ufffd]0;owned\ufffd\ufffd[2J\ufffd31m\ufffdno\n')
  expect(said('two\n\tlines')).toBe('two\n\tlines\n')
})
