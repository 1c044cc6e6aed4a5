import 'server-only'
import type { FulfillmentDeps } from '../deps'
import { fulfillCharge } from '../fulfill-charge'
import type { DueEvent } from '../inbox'

/** A dispute was won, and the purchase stands again, or lost, and stays disputed. The event's object is the dispute, never the charge. */
export const handle = (deps: FulfillmentDeps, { object }: DueEvent) =>
  fulfillCharge(deps, object.charge, object.intent)
