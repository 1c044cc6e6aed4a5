import { createEmulator } from 'emulate'
import { z } from 'zod'
import { startGate } from '../../sandbox/stripe/gate'

/** What arrived: enough to tell whose confirmation it is, and under which name it came. */
export type Letter = { subject: string; text?: string | undefined; messageId?: string | undefined }

const KEY = 're_chaos_only'

const listSchema = z.object({
  data: z.array(
    z.object({
      subject: z.string(),
      text: z.string().nullish(),
      headers: z.record(z.string(), z.string()).nullish(),
    }),
  ),
})

/** A Resend that keeps its promise about idempotency keys, and whose answers are cut off now and then. */
export async function startResend(undo: (() => unknown)[]) {
  const emulator = await createEmulator({ service: 'resend', port: 0 })
  undo.push(() => emulator.close())
  const gate = await startGate(emulator.url)
  undo.push(() => gate.close())
  let calls = 0
  gate.hooks.after = () => {
    if (++calls % 7 === 0) throw new Error('cut off')
  }
  return {
    env: { SMTP_URL: '', RESEND_API_KEY: KEY, RESEND_BASE_URL: gate.url },
    async letters(): Promise<Letter[]> {
      const answer = await fetch(`${emulator.url}/emails`, { headers: { authorization: `Bearer ${KEY}` } })
      const { data } = listSchema.parse(await answer.json())
      return data.map(({ subject, text, headers }) => ({
        subject,
        text: text ?? undefined,
        messageId: headers?.['Message-ID'],
      }))
    },
  }
}
