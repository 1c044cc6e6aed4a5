import type { WorkshopDeclaration } from '@/lib/contract/workshop'

const DAY = 24 * 60 * 60 * 1000
const WEEK = 7 * DAY

/**
 * A demo must not grow old: moves every date on by the same number of whole weeks, so that the first early-bird window is still
 * open for two days at least.
 */
export function withDemoDates(workshops: WorkshopDeclaration[], now: Date): WorkshopDeclaration[] {
  const first = workshops.find((workshop) => workshop.earlyBirdEndDate)
  const behind = now.getTime() + 2 * DAY - Date.parse(first?.earlyBirdEndDate ?? now.toISOString())
  const shift = first ? Math.max(0, Math.ceil(behind / WEEK)) * WEEK : 0
  if (shift === 0) return workshops
  const move = (instant: string) => new Date(Date.parse(instant) + shift).toISOString()
  return workshops.map((workshop) => ({
    ...workshop,
    startsAt: move(workshop.startsAt),
    endsAt: move(workshop.endsAt),
    ...(workshop.openEnrollment && { openEnrollment: move(workshop.openEnrollment) }),
    ...(workshop.closeEnrollment && { closeEnrollment: move(workshop.closeEnrollment) }),
    ...(workshop.earlyBirdEndDate && { earlyBirdEndDate: move(workshop.earlyBirdEndDate).slice(0, 10) }),
  }))
}
