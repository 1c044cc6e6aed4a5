import 'server-only'
import type { FulfillmentDeps } from '../deps'
import { fulfill } from '../fulfill'
import type { DueEvent } from '../inbox'

/** A delayed payment came through. */
export const handle = (deps: FulfillmentDeps, event: DueEvent) => fulfill(deps, event.object.id)
