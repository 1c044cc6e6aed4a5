import 'server-only'
import type { FulfillmentDeps } from '../deps'
import { fulfill } from '../fulfill'
import type { DueEvent } from '../inbox'

/** Paid at once, free, or (a delayed method) not paid yet. */
export const handle = (deps: FulfillmentDeps, event: DueEvent) => fulfill(deps, event.object.id)
