import 'server-only'
import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Compares two secrets in a time that tells nothing, whatever their lengths. */
export const sameSecret = (left: string, right: string): boolean =>
  timingSafeEqual(digest(left), digest(right))

/** Whether a caller shows this secret. Where there is none, nobody does. */
export const showsSecret = (headers: Headers, secret: string | undefined): boolean => {
  const same = sameSecret(bearerToken(headers), secret ?? '')
  return same && secret !== undefined && secret !== ''
}

/** The token of `Authorization: Bearer …`, or an empty string. */
export const bearerToken = (headers: Headers): string =>
  /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? ''
