import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { onStop } from './stop-signals.mjs'

function pressed(moments: [number, NodeJS.Signals][]): string[] {
  const source = new EventEmitter() as unknown as NodeJS.Process
  const heard: string[] = []
  let at = 0
  onStop(
    (signal) => heard.push(`first ${signal} at ${at}`),
    (signal) => heard.push(`again ${signal} at ${at}`),
    { source, now: () => at },
  )
  for (const [moment, signal] of moments) {
    at = moment
    source.emit(signal)
  }
  return heard
}

test('a Ctrl-C that npm passes on is one press', () => {
  expect(
    pressed([
      [0, 'SIGINT'],
      [3, 'SIGINT'],
      [40, 'SIGTERM'],
    ]),
  ).toEqual(['first SIGINT at 0'])
})

test('whoever presses once more does not want to wait', () => {
  expect(
    pressed([
      [0, 'SIGINT'],
      [5, 'SIGINT'],
      [1500, 'SIGINT'],
      [1505, 'SIGINT'],
    ]),
  ).toEqual(['first SIGINT at 0', 'again SIGINT at 1500'])
})

test('whoever keeps pressing is heard before they stop', () => {
  const everyThird = Array.from({ length: 5 }, (_, index): [number, NodeJS.Signals] => [
    index * 300,
    'SIGINT',
  ])
  expect(pressed(everyThird)).toEqual(['first SIGINT at 0', 'again SIGINT at 1200'])
})
