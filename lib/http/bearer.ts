import 'server-only'
import { createHash } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { CheckoutError } from '@/lib/contract/errors'
import { bearerToken, sameSecret } from './secret'

/** How one server shows another that it holds `COURSE_BUILDER_API_KEY`. */
export type BearerKey = { key: string; method: 'jwt' | 'shared-secret' }

const AUDIENCE = 'course-builder'
const LIFETIME_S = 5 * 60
const CLOCK_SKEW_S = 30

const hashOf = (body: string) => createHash('sha256').update(body, 'utf8').digest('hex')
const bytes = (key: string) => new TextEncoder().encode(key)

/** The value of `Authorization` for one request: a token that vouches for this body alone, or the secret itself. */
export async function authorization(
  { key, method }: BearerKey,
  issuer: string,
  body: string,
): Promise<string> {
  if (method === 'shared-secret') return `Bearer ${key}`
  const now = Math.floor(Date.now() / 1000)
  const token = await new SignJWT({ sha256: hashOf(body) })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .sign(bytes(key))
  return `Bearer ${token}`
}

/**
 * Checks a caller's credentials before their body is read. Returns the check of the body that the credentials vouch for.
 *
 * @throws CheckoutError `unauthorized`, which never says why
 */
export async function admit(headers: Headers, { key, method }: BearerKey): Promise<(body: string) => void> {
  const token = bearerToken(headers)
  if (method === 'shared-secret') {
    if (!sameSecret(token, key)) throw new CheckoutError('unauthorized')
    return () => {}
  }
  const claims = await verify(token, key)
  return (body) => {
    // There is nothing to vouch for in an empty body; what a token says of its body has to be true all the same.
    if (claims.sha256 === undefined && body === '') return
    if (typeof claims.sha256 !== 'string' || !sameSecret(claims.sha256, hashOf(body)))
      throw new CheckoutError('unauthorized')
  }
}

async function verify(token: string, key: string) {
  try {
    const { payload } = await jwtVerify(token, bytes(key), {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      requiredClaims: ['iss', 'iat', 'exp'],
      clockTolerance: CLOCK_SKEW_S,
      // Also refuses a token from the future.
      maxTokenAge: LIFETIME_S,
    })
    const { iat = 0, exp = 0, iss = '' } = payload
    if (exp - iat > LIFETIME_S || !/^https?:\/\//.test(iss) || !URL.canParse(iss))
      throw new CheckoutError('unauthorized')
    return payload
  } catch (cause) {
    if (cause instanceof errors.JOSEError) throw new CheckoutError('unauthorized', { cause })
    throw cause
  }
}
