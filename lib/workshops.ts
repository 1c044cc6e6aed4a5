import 'server-only'
import type { WorkshopDeclaration } from '@/lib/contract/workshop'
import { withDemoDates } from '@/lib/demo-dates'
import { workshops } from '@/workshops.config'

/** The workshops as they are declared; in the demo, with dates that are still to come. */
export const declaredWorkshops = (): WorkshopDeclaration[] =>
  process.env.WORKSHOP_DEMO === '1' ? withDemoDates(workshops, new Date()) : workshops
