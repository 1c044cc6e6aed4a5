/**
 * Why a message was not taken. `temporary`: the same message may pass later (network, throttling, our own set-up);
 * otherwise it was refused for good. Its text holds neither secrets nor addresses.
 */
export class MailError extends Error {
  override readonly name = 'MailError'
  readonly temporary: boolean
  /** Milliseconds that the provider asked us to wait. */
  readonly retryAfter?: number

  constructor(
    message: string,
    options: { temporary: boolean; retryAfter?: number | undefined; secrets?: string[] },
  ) {
    super(redact(message, options.secrets))
    this.temporary = options.temporary
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter
  }
}

/** Takes addresses, credentials and keys out of what a server said. */
export const redact = (text: string, secrets: string[] = []): string =>
  secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@]*@/gi, '$1…@')
    .replace(/\bre_\w+/g, 're_…')
    .replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '…@…')
    .trim()
    .slice(0, 300)
