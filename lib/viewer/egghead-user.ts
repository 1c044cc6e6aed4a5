import { z } from 'zod'
import { viewerEmail } from './identity'

const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? [])

const subscription = z.object({ stripe_subscription_id: z.string().min(1).nullish() })

/** What `GET /api/v1/users/current?minimal=true` says of the viewer, as far as it is read here. */
const eggheadUserSchema = z.object({
  id: z.union([z.int(), z.string().min(1)]).transform(String),
  email: viewerEmail,
  name: z.string().nullish(),
  is_pro: z.boolean().nullish(),
  roles: list(z.string()),
  accounts: list(z.object({ subscriptions: list(subscription) })),
})

export type EggheadUser = z.output<typeof eggheadUserSchema>

/** Null where the answer is not a user: HTML, an error page, a future version. */
export function parseEggheadUser(text: string): EggheadUser | null {
  try {
    return eggheadUserSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
