import { describe, expect, it } from 'vitest'
import { readBody, readRawBody } from './body'

const LIMIT = 16 * 1024

const post = (body: BodyInit | null, type?: string) =>
  new Request('https://shop.example.com/', {
    method: 'POST',
    headers: type ? { 'Content-Type': type } : {},
    ...(body !== null && { body }),
  })
const jsonBody = (text: string) => post(text, 'application/json')
const formBody = (fields: Record<string, string>) => post(new URLSearchParams(fields))

/** A body without a length, which says how much of it was taken. */
function stream(chunk: Uint8Array<ArrayBuffer>, count: number) {
  const taken = { chunks: 0 }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (taken.chunks === count) return controller.close()
        taken.chunks++
        controller.enqueue(chunk)
      },
    },
    { highWaterMark: 0 },
  )
  const init = { method: 'POST', body, duplex: 'half', headers: { 'Content-Type': 'application/json' } }
  return { request: new Request('https://shop.example.com/', init), taken }
}

describe('a JSON body', () => {
  it.each(['application/json', 'Application/JSON; charset=utf-8', ' application/json ;x=y'])(
    'is read as %s',
    async (type) => {
      expect(await readBody(post('{"productId":"p"}', type))).toEqual({
        kind: 'json',
        value: { productId: 'p' },
      })
    },
  )

  it.each([
    ['no body', '', 'The body is not JSON.'],
    ['half a body', '{"productId":', 'The body is not JSON.'],
    ['a list', '[]', 'The body is not a JSON object.'],
    ['null', 'null', 'The body is not a JSON object.'],
    ['a string', '"x"', 'The body is not a JSON object.'],
  ])('is refused where it is %s', async (_what, text, message) => {
    await expect(readBody(jsonBody(text))).rejects.toMatchObject({
      code: 'invalid_request',
      message,
      details: { issues: [{ path: '', message }] },
    })
  })

  it('is the sender’s failure where they hang up in the middle, and no broken connection of ours', async () => {
    const hungUp = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"productId":')),
      pull: (controller) => controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
    })
    const init = {
      method: 'POST',
      body: hungUp,
      duplex: 'half',
      headers: { 'Content-Type': 'application/json' },
    }
    const message = 'The request ended before its body was complete.'
    await expect(readBody(new Request('https://shop.example.com/', init))).rejects.toMatchObject({
      code: 'invalid_request',
      message,
      details: { issues: [{ path: '', message }] },
    })
  })

  it('is refused where it is not UTF-8', async () => {
    const bytes = new Uint8Array([0x22, 0xff, 0xfe, 0x22])
    await expect(readBody(post(bytes, 'application/json'))).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'The body is not UTF-8 text.',
    })
  })

  it('gives no prototype away', async () => {
    const { value } = await readBody(jsonBody('{"__proto__":{"admin":true}}'))
    expect('admin' in value).toBe(false)
    expect('admin' in {}).toBe(false)
  })
})

describe('the limit', () => {
  const padded = (size: number) => JSON.stringify({ p: 'x'.repeat(size - '{"p":""}'.length) })

  it('takes 16 KiB and not one byte more', async () => {
    expect((await readBody(jsonBody(padded(LIMIT)))).kind).toBe('json')
    await expect(readBody(jsonBody(padded(LIMIT + 1)))).rejects.toMatchObject({
      code: 'payload_too_large',
      status: 413,
    })
  })

  it('counts bytes, not characters', async () => {
    const text = JSON.stringify({ p: 'é'.repeat(LIMIT / 2) })
    expect(text.length).toBeLessThan(LIMIT)
    await expect(readBody(jsonBody(text))).rejects.toMatchObject({ code: 'payload_too_large' })
  })

  it('holds for a form', async () => {
    await expect(readBody(formBody({ p: 'x'.repeat(LIMIT) }))).rejects.toMatchObject({
      code: 'payload_too_large',
    })
  })

  it('holds for a body without a length, which is not read to its end', async () => {
    const { request, taken } = stream(new Uint8Array(1024), 10_000)
    await expect(readBody(request)).rejects.toMatchObject({ code: 'payload_too_large' })
    // A megabyte beyond the limit is read and dropped, so that most senders hear the answer.
    expect(taken.chunks).toBeLessThan(1100)
  })

  it('puts characters together that came in two chunks', async () => {
    const text = '{"name":"Zoë"}'
    const bytes = new TextEncoder().encode(text)
    const at = bytes.indexOf(0xc3) + 1
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.slice(0, at))
        controller.enqueue(bytes.slice(at))
        controller.close()
      },
    })
    const init = { method: 'POST', body, duplex: 'half' }
    expect(await readRawBody(new Request('https://shop.example.com/', init), 100)).toBe(text)
  })
})

describe('a form', () => {
  it('becomes what its fields mean', async () => {
    const fields = {
      productId: 'p',
      quantity: '3',
      allowDuplicate: 'on',
      'metadata.name': 'Ada',
      'metadata.workshopSlug': 'own',
    }
    expect(await readBody(formBody(fields))).toEqual({
      kind: 'form',
      value: {
        productId: 'p',
        quantity: 3,
        allowDuplicate: true,
        metadata: { name: 'Ada', workshopSlug: 'own' },
      },
    })
  })

  it.each(['true', 'on', '1'])('takes %s for a tick', async (text) => {
    expect((await readBody(formBody({ allowDuplicate: text }))).value.allowDuplicate).toBe(true)
  })

  it.each(['false', '0', '', 'no'])('takes "%s" for none', async (text) => {
    expect((await readBody(formBody({ allowDuplicate: text }))).value.allowDuplicate).toBe(false)
  })

  it('leaves out a quantity that was left empty', async () => {
    expect((await readBody(formBody({ quantity: '' }))).value.quantity).toBeUndefined()
  })

  it('leaves a quantity that is no number to the schema', async () => {
    expect((await readBody(formBody({ quantity: 'many' }))).value.quantity).toBeNaN()
  })
})

describe('any other body', () => {
  it.each([undefined, 'text/plain', 'multipart/form-data; boundary=x', 'application/jsonp', 'text/json'])(
    'is refused as %s',
    async (type) => {
      await expect(readBody(post(new TextEncoder().encode('{}'), type))).rejects.toMatchObject({
        code: 'unsupported_media_type',
        status: 415,
      })
    },
  )
})

describe('the raw body', () => {
  it('is the bytes as they came, with a byte order mark and all', async () => {
    expect(await readRawBody(post('\uFEFF{ "a" : 1 }\n'), 100)).toBe('\uFEFF{ "a" : 1 }\n')
  })

  it('is empty where there is none', async () => {
    expect(await readRawBody(post(null), 100)).toBe('')
  })
})
