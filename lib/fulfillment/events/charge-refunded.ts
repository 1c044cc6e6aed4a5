import 'server-only'
import type { FulfillmentDeps } from '../deps'
import { fulfillCharge } from '../fulfill-charge'
import type { DueEvent } from '../inbox'

/** Money went back, in part or whole. One that comes before its sale records the sale first. */
export const handle = (deps: FulfillmentDeps, { object }: DueEvent) =>
  fulfillCharge(deps, object.id, object.intent)
