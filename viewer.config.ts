import type { ViewerAdapter } from '@/lib/viewer'

/**
 * Who is signed in, as your app knows it. Answer somebody whose e-mail address you have verified, or `null`:
 *
 *     export const viewer: ViewerAdapter = async ({ headers }) => {
 *       const session = await auth.api.getSession({ headers })
 *       return session && { id: session.user.id, email: session.user.email, member: session.user.plan === 'yearly' }
 *     }
 *
 * Left `undefined`, `EGGHEAD_AUTH_URL` says whom to ask; without it everybody is logged out.
 */
export const viewer: ViewerAdapter | undefined = undefined
