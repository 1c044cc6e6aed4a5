import 'server-only'
import { commerce } from '@/lib/commerce'
import type { Verdict } from './guard'
import type { Exchange } from './report'
import { databaseExchange } from './store'

/** The setting and the guard's counts, in the database of this process's own commerce side. */
export const localExchange = (onVerdict: (verdict: Verdict, before: Verdict) => void): Exchange =>
  databaseExchange({ db: commerce().deps.db, now: Date.now, onVerdict })
