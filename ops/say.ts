import { variables } from '@/lib/env'

const SECRETS = /\b(sk|rk|whsec|pk|re)_[A-Za-z0-9_]{6,}|\b(mysql|smtps?|rediss?):\/\/[^\s"']+/g

/** `1 sale`, `2 sales`. */
export const counted = (count: number, one: string) => `${count} ${count === 1 ? one : `${one}s`}`

/** Ours, which look like secrets and show somebody what to write. */
const EXAMPLES = new Set<string>(Object.values(variables).map(({ example }) => example))

const isExample = (found: string) => EXAMPLES.has(found.replace(/[.,;:)]+$/, ''))

/** What a terminal would obey, in a text that somebody else wrote. */
const CONTROLS = /[^\P{Cc}\n\t]/gu

/** One line for the operator, with whatever looks like a secret, or commands their terminal, cut out of it. */
export function say(line: string, stream: NodeJS.WritableStream = process.stdout): void {
  const safe = line
    .replace(SECRETS, (found) => (isExample(found) ? found : '[secret]'))
    .replace(CONTROLS, '\ufffd')
  stream.write(`${safe}\n`)
}
