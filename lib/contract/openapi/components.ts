import { z } from 'zod'
import {
  checkoutResponseSchema,
  checkoutStatusSchema,
  errorBodySchema,
  healthSchema,
  offerAnswerSchema,
  offerSchema,
} from '../answers'
import { errorCatalogue, isErrorCode } from '../errors'
import { checkoutRequestSchema, serverCheckoutRequestSchema, serverOfferRequestSchema } from '../schemas'
import type { ErrorCode } from '../types'

export type Json = { [key: string]: unknown }

const browserOffer = z.intersection(offerSchema, z.object({ checkout: z.enum(['session', 'payment-link']) }))

/** The schemas that bodies and answers are checked by, under the names that the document gives them. */
const components = {
  CheckoutRequest: checkoutRequestSchema,
  ServerCheckoutRequest: serverCheckoutRequestSchema,
  ServerOfferRequest: serverOfferRequestSchema,
  CheckoutResponse: checkoutResponseSchema,
  CheckoutStatus: checkoutStatusSchema,
  Offer: browserOffer,
  OfferAnswer: offerAnswerSchema,
  Health: healthSchema,
  Error: errorBodySchema,
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // A field with a default may be left out; and an answer may gain fields in a newer version.
      const { properties = {}, required } = jsonSchema
      const isOptional = (name: string) => 'default' in Object(properties[name])
      if (required) jsonSchema.required = required.filter((name) => !isOptional(name))
      if (jsonSchema.additionalProperties === false && !isStrict(zodSchema))
        delete jsonSchema.additionalProperties
      if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, { type: 'string', enum: codes() })
    },
  })
  return made
}

const isStrict = (schema: z.core.$ZodType) =>
  schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever

const codes = (): ErrorCode[] => Object.keys(errorCatalogue).filter(isErrorCode)

export type ComponentName = keyof typeof components

export const componentSchemas = (): Json =>
  Object.fromEntries(Object.entries(components).map(([name, schema]) => [name, schemaOf(schema)]))
