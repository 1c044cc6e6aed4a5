const SECRETS = /\b(sk|rk|whsec|pk|re)_[A-Za-z0-9_]{6,}|\b(mysql|smtps?|rediss?):\/\/[^\s"']+/g

/** `1 sale`, `2 sales`. */
export const counted = (count: number, one: string) => `${count} ${count === 1 ? one : `${one}s`}`

/** One line for the operator, with whatever looks like a secret cut out of it. */
export function say(line: string, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(`${line.replace(SECRETS, '[secret]')}\n`)
}
