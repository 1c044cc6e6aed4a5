import type { Form } from './form'

export interface SeenRequest {
  /** Milliseconds since the epoch. */
  at: number
  id: string
  method: string
  path: string
  params: Form
  idempotencyKey: string | null
  headers: Record<string, string>
  /** The status answered; null while under way, or when the connection was cut. */
  status: number | null
}

const KEPT = 1000

/** The requests that `/v1` received, oldest first. Secret keys are cut down to their kind. */
export class Inspector {
  #requests: SeenRequest[] = []

  add(request: SeenRequest): SeenRequest {
    const { authorization } = request.headers
    if (authorization) request.headers.authorization = authorization.replace(/(sk_(?:test|live)_).*/, '$1…')
    this.#requests.push(request)
    if (this.#requests.length > KEPT) this.#requests.splice(0, this.#requests.length - KEPT)
    return request
  }

  list(): SeenRequest[] {
    return [...this.#requests]
  }

  clear(): void {
    this.#requests = []
  }
}
