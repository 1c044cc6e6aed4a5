import 'server-only'
import { CheckoutError } from '@/lib/contract/errors'
import { chunksOf } from './chunks'

const MAX_BYTES = 16 * 1024
/** Read and dropped beyond a limit: most senders hear an answer only when they have finished. */
const DRAINED_BYTES = 1024 * 1024
const FORM = 'application/x-www-form-urlencoded'

export type Body = { kind: 'json' | 'form'; value: Record<string, unknown> }

/** Reads a JSON object or an HTML form. @throws CheckoutError `payload_too_large`, `unsupported_media_type`, `invalid_request` */
export async function readBody(request: Request): Promise<Body> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return { kind: 'json', value: parseJson(await readRawBody(request)) }
  if (type === FORM) return { kind: 'form', value: parseForm(await readRawBody(request)) }
  throw new CheckoutError('unsupported_media_type')
}

/**
 * The body as the bytes say it, up to a limit that holds whatever `Content-Length` claims.
 * @throws CheckoutError `payload_too_large`, and `invalid_request` where it is no text or its sender hung up
 */
export async function readRawBody(request: Request, maxBytes = MAX_BYTES): Promise<string> {
  const bytes = await readBytes(request, maxBytes)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformed('The body is not UTF-8 text.')
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of chunksOf(request.body)) {
      size += chunk.byteLength
      if (size <= maxBytes) chunks.push(chunk)
      else if (size > maxBytes + DRAINED_BYTES) break
    }
  } catch {
    // The sender's doing, however much it looks like a connection of ours that broke.
    throw malformed('The request ended before its body was complete.')
  }
  if (size > maxBytes) throw new CheckoutError('payload_too_large')
  return Buffer.concat(chunks)
}

const malformed = (message: string) =>
  new CheckoutError('invalid_request', { message, details: { issues: [{ path: '', message }] } })

/** A JSON object, and nothing else. @throws CheckoutError `invalid_request` */
export function parseJson(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed('The body is not JSON.')
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw malformed('The body is not a JSON object.')
  return { ...value }
}

const NUMBERS = new Set(['quantity'])
const BOOLEANS = new Set(['allowDuplicate'])

/** Fields of a form are text: `metadata.name` is nested, numbers and ticks become what they mean. */
function parseForm(text: string): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  const metadata: Record<string, unknown> = {}
  for (const [name, field] of new URLSearchParams(text)) {
    if (name.startsWith('metadata.')) metadata[name.slice('metadata.'.length)] = field
    else if (NUMBERS.has(name)) value[name] = field === '' ? undefined : Number(field)
    else if (BOOLEANS.has(name)) value[name] = field === 'true' || field === 'on' || field === '1'
    else value[name] = field
  }
  return { ...value, metadata }
}
