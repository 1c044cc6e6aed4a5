import { browserPaths } from './openapi/browser-paths'
import { componentSchemas, type Json } from './openapi/components'
import { operatorPaths } from './openapi/operator-paths'
import { serverPaths } from './openapi/server-paths'

/** The routes as OpenAPI 3.1, from the schemas that check them, with the origin of the server that answers it. */
export function openapiDocument(origin: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Workshop Checkout',
      version: '1.0.0',
      description:
        'Sells workshop seats through Stripe Checkout. Amounts are minor units; times are ISO 8601.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: origin }],
    paths: { ...browserPaths(), ...serverPaths(), ...operatorPaths() },
    components: {
      schemas: componentSchemas(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}
