import { errorCatalogue } from '@/lib/contract/errors'
import type { ErrorCode } from '@/lib/contract/types'

/** When each code is answered, and what a caller does about it. A new code without its line does not compile. */
const when: Record<ErrorCode, string> = {
  invalid_request: 'A field is missing or malformed; `issues` names each. Mend the request.',
  invalid_coupon: 'The code is unknown, expired, used up or another product’s. Offer to go on without it.',
  coupon_not_eligible:
    'The code belongs to members, an early-bird window or a country that this buyer has no claim to.',
  unauthorized:
    'Server to server and schedulers: the bearer token is missing, wrong, expired or of another body.',
  forbidden_origin: 'A page of an origin that is neither ours nor in `ALLOWED_ORIGIN`.',
  not_found:
    'A route of ours that this server’s settings switch off. An address under `/api` that nobody has is Next’s own 404, in HTML.',
  product_not_found: 'No workshop with that product, or with that slug.',
  session_not_found: 'No checkout of ours with that id.',
  method_not_allowed: 'The header `Allow` names the methods.',
  already_purchased:
    'The signed-in viewer has a seat; `confirmationUrl` leads to it. `allowDuplicate` buys another.',
  sold_out:
    'Fewer seats than were asked for are neither sold nor held. Where some are left, the sentence says how many.',
  sale_not_open: 'Before `openEnrollment`.',
  sale_closed: 'After `closeEnrollment` or the end of the workshop.',
  payload_too_large: 'The body is larger than any request of ours.',
  unsupported_media_type: 'Neither JSON nor, from a browser, a form.',
  rate_limited:
    'Too many requests from an address or for an e-mail. Wait `retryAfter` seconds; it is no reason to fall back.',
  stripe_error: 'Stripe is unreachable, slow, or answers 5xx or 429. Go to `fallbackUrl` where there is one.',
  misconfigured:
    'Stripe refused: a dead price, a wrong key. An alarm goes out. Go to `fallbackUrl` where there is one.',
  unavailable:
    'The database or the commerce side does not answer in time. Go to `fallbackUrl` where there is one.',
  internal: 'A fault of ours; the log line with `requestId` has it. Go to `fallbackUrl` where there is one.',
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(when, code)

/** The text of `docs/errors.md`. */
export function errorsPage(): string {
  const rows = Object.entries(errorCatalogue)
    .filter((entry): entry is [ErrorCode, (typeof entry)[1]] => isCode(entry[0]))
    .sort(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, sentence }]) => `| ${status} | \`${code}\` | ${sentence} | ${when[code]} |`)
  return `# Error codes

Generated from [lib/contract/errors.ts](../lib/contract/errors.ts) by \`npm run docs\`.

Every refusal is \`{ "error": string, "code": string, "requestId": string }\`, with \`issues\`, \`fallbackUrl\`, \`confirmationUrl\` or \`retryAfter\` where the table says so. \`error\` is a sentence for a person: the one below, or a closer one. Decide by \`code\`, never by the status or the sentence. \`requestId\` is in our log line, and in the header \`X-Request-Id\` of every answer.

| status | code | says | when |
|---|---|---|---|
${rows.join('\n')}
`
}
