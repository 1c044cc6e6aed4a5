/** What Stripe answers when it refuses, thrown anywhere below the API and turned into a response in one place. */
export interface RefusalDetails {
  status?: number
  type?: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error' | 'rate_limit_error'
  code?: string
  param?: string
  headers?: Record<string, string>
  extra?: Record<string, unknown>
  /** Refused before any work began: Stripe then stores nothing for the idempotency key. */
  early?: boolean
}

export class Refusal extends Error {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Record<string, unknown>
  readonly early: boolean

  constructor(message: string, details: RefusalDetails = {}) {
    super(message)
    this.name = 'Refusal'
    this.status = details.status ?? 400
    this.headers = details.headers ?? {}
    this.early = details.early ?? false
    const { code, param } = details
    this.body = {
      ...(code && { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
      message,
      ...(param && { param }),
      type: details.type ?? 'invalid_request_error',
      ...details.extra,
    }
  }
}

/** "No such price: 'x'": 404 when the id is in the path, 400 when it came as a parameter. */
export function noSuch(what: string, id: string, param = 'id'): Refusal {
  return new Refusal(`No such ${what}: '${id}'`, {
    code: 'resource_missing',
    param,
    status: param === 'id' ? 404 : 400,
  })
}

export function missingParam(param: string): Refusal {
  return new Refusal(`Missing required param: ${param}.`, { code: 'parameter_missing', param, early: true })
}

export function exclusive(first: string, second: string): Refusal {
  return new Refusal(`You may only specify one of these parameters: ${first}, ${second}.`, { param: first })
}
