import 'server-only'
import type { FulfillmentDeps } from '../deps'
import { fulfillCharge } from '../fulfill-charge'
import type { DueEvent } from '../inbox'

/** The buyer asked their bank for the money back. The event's object is the dispute, never the charge. */
export const handle = (deps: FulfillmentDeps, { object }: DueEvent) =>
  fulfillCharge(deps, object.charge, object.intent)
