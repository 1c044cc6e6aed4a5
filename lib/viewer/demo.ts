import 'server-only'
import type { Viewer } from '@/lib/contract/types'

const COOKIE = 'workshop_demo_viewer'

const personas = {
  member: { id: 'demo_ada', email: 'ada@example.com', name: 'Ada Lovelace', member: false },
  yearly: { id: 'demo_grace', email: 'grace@example.com', name: 'Grace Hopper', member: true },
} as const satisfies Record<string, Viewer>

export type DemoPersona = keyof typeof personas | 'nobody'

export const isDemoPersona = (value: unknown): value is DemoPersona =>
  value === 'nobody' || value === 'member' || value === 'yearly'

/** The demo's sign-in is this cookie. It proves nothing, and is read in the demo alone. */
export const demoCookie = (as: DemoPersona): string =>
  as === 'nobody'
    ? `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`
    : `${COOKIE}=${as}; Path=/; HttpOnly; SameSite=Lax`

export async function demoViewer({ headers }: { headers: Headers }): Promise<Viewer | null> {
  const as = /(?:^|;\s*)workshop_demo_viewer=(\w+)/.exec(headers.get('cookie') ?? '')?.[1]
  return as === 'member' || as === 'yearly' ? personas[as] : null
}
