const SECRETS = /\b(sk|rk|whsec|pk|re)_[A-Za-z0-9_]{6,}|\b(mysql|smtps?|rediss?):\/\/[^\s"']+/g

/** One line for the operator, with whatever looks like a secret cut out of it. */
export function say(line: string, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(`${line.replace(SECRETS, '[secret]')}\n`)
}
