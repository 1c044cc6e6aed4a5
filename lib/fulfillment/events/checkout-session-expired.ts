import 'server-only'
import type { FulfillmentDeps } from '../deps'
import { fulfill } from '../fulfill'
import type { DueEvent } from '../inbox'

/** Nobody paid in time: the seat is free again. */
export const handle = (deps: FulfillmentDeps, event: DueEvent) => fulfill(deps, event.object.id)
