import 'server-only'

/** Resend's keys begin as Stripe's refunds do (`re_3Vg…`), which have no second underscore, and are no secret. */
const SECRETS =
  /\b(?!re_\d[A-Za-z0-9]{15,}(?!\w))(sk|rk|whsec|pk|re)_[A-Za-z0-9_]{6,}|\bmysql:\/\/[^\s"']+|\b(?:smtps?|rediss?):\/\/[^\s"']+|cs_(test|live)_\w+_secret_\w+/g
const ADDRESS = /([^\s"'<>@]{1,64})@([^\s"'<>@]+\.[^\s"'<>@]+)/g
/** The same in a link: `prefilled_email=ada%40example.com`. */
const ENCODED_ADDRESS = /([\w.+-]|%(?!40)[0-9a-f]{2})(?:[\w.+-]|%(?!40)[0-9a-f]{2}){0,63}%40([\w.-]+)/gi
/** The value of a visitor's cookie. */
const VISITOR = /visitor_[a-f0-9]{32}/g
/** Drizzle ends its message with the values of a statement: buyers' names among them. In JSON the line break is two characters. */
const VALUES = /(\n|\\n)params: (?:[^"\\]|\\.)*/g

/** `ada@example.com` → `a••@example.com`: enough to recognise one's own, no more. */
export const maskEmail = (email: string): string => email.replace(/^([\s\S])[\s\S]*(@[\s\S]*)$/, '$1••$2')

/** A text that is about to leave this process, without secrets, whole addresses and the values of statements. */
export const scrub = (text: string): string =>
  text
    .replace(VALUES, '')
    .replace(SECRETS, '[secret]')
    .replace(ADDRESS, (match) => maskEmail(match))
    .replace(ENCODED_ADDRESS, '$1••%40$2')
    .replace(VISITOR, 'visitor_…')
