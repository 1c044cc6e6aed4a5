import {
  CircuitState,
  circuitBreaker,
  handleAll,
  type IBreaker,
  IterableBackoff,
  isBrokenCircuitError,
} from 'cockatiel'
import { z } from 'zod'

/** What came of checkouts: how many were tried, and how many our side failed. */
export type Counts = { attempts: number; failures: number }

/** The counts since a moment, in Unix milliseconds. */
export type Counted = (since: number) => Counts

const WINDOW_MS = 5 * 60_000
const FLOOR = 20
const THRESHOLD = 0.05

/** How long visitors stay on payment links before checkout is tried again; longer each time that fails. */
const BREAKS_MS = [20_000, 40_000, 80_000, 160_000, 300_000]
/** The share of visitors, in percent, that gets sessions while checkout is tried again. */
const STEPS = [10, 25, 50]
const STEP_MS = 15_000
/** A step is passed with so many attempts, or after so long without them. */
const ENOUGH = 5
const QUIET_MS = 60_000
/** What pages that were loaded before have just met decides whether a break is long enough. */
const JUST_NOW_MS = 10_000

/** What all servers agree on; kept in `checkout_Setting`. Moments are Unix milliseconds. */
export const verdictSchema = z.object({
  /** The breaker's own state, as it writes itself. */
  circuit: z.object({ ownState: z.looseObject({ value: z.number() }), breakerState: z.unknown() }).optional(),
  /** How many steps of trying again are done. */
  passed: z.int().min(0).max(STEPS.length).default(0),
  /** When this state, or this step, began. */
  since: z.number(),
})

export type Verdict = z.output<typeof verdictSchema>
export type GuardState = 'closed' | 'open' | 'probing'

export const CLOSED: Verdict = { passed: 0, since: 0 }

export const isOpen = ({ circuit }: Verdict): boolean => circuit?.ownState.value === CircuitState.Open

/** `closed`: nobody is turned away. `open`: everybody pays by link. `probing`: a growing share gets sessions again. */
export const guardState = (verdict: Verdict): GuardState =>
  !isOpen(verdict) ? 'closed' : verdict.passed === 0 ? 'open' : 'probing'

/** The share of visitors, in percent, whom the guard leaves to our checkout. */
export const shareOf = (verdict: Verdict): number =>
  isOpen(verdict) ? (STEPS[verdict.passed - 1] ?? 0) : 100

const tooMany = ({ attempts, failures }: Counts) => failures > THRESHOLD * attempts

/** Opens on more than 5 % errors with at least 20 attempts; while it is tried again, whatever failed reopens. */
const errorRate = (counts: Counts): IBreaker => ({
  state: null,
  success: () => undefined,
  failure: (state) => state !== CircuitState.Closed || (counts.attempts >= FLOOR && tooMany(counts)),
})

/** cockatiel's circuit, as it was written down, judging these counts; it closes when every step was passed. */
const circuitOf = ({ circuit }: Verdict, counts: Counts) =>
  circuitBreaker(handleAll, {
    breaker: errorRate(counts),
    halfOpenAfter: new IterableBackoff(BREAKS_MS),
    halfOpenSampling: { calls: STEPS.length + 1, threshold: 0 },
    ...(circuit && { initialState: circuit }),
  })

type Circuit = ReturnType<typeof circuitOf>

/** Tells the circuit of one judgement; it alone knows what follows from it. Answers whether it listened. */
async function tell(circuit: Circuit, failed: boolean): Promise<boolean> {
  try {
    await circuit.execute(() => {
      if (failed) throw new Error('too many checkouts failed')
    })
  } catch (error) {
    return !isBrokenCircuitError(error)
  }
  return true
}

const written = (circuit: Circuit) => verdictSchema.shape.circuit.parse(circuit.toJSON())

/**
 * The next verdict, from the present one and what was counted. The same on every server: what is shared is the verdict and the
 * counts. Answers the very same object where nothing changes.
 */
export async function advance(verdict: Verdict, counted: Counted, now: number): Promise<Verdict> {
  if (!isOpen(verdict)) return watch(verdict, counted, now)
  return verdict.passed === 0 ? rest(verdict, counted, now) : probe(verdict, counted, now)
}

async function watch(verdict: Verdict, counted: Counted, now: number): Promise<Verdict> {
  const counts = counted(Math.max(verdict.since, now - WINDOW_MS))
  const circuit = circuitOf(verdict, counts)
  await tell(circuit, counts.failures > 0)
  return circuit.state === CircuitState.Open ? { circuit: written(circuit), passed: 0, since: now } : verdict
}

async function rest(verdict: Verdict, counted: Counted, now: number): Promise<Verdict> {
  const counts = counted(Math.max(verdict.since, now - JUST_NOW_MS))
  const circuit = circuitOf(verdict, counts)
  if (!(await tell(circuit, tooMany(counts)))) return verdict
  if (circuit.state === CircuitState.Open) return { ...verdict, circuit: written(circuit) }
  return { ...verdict, passed: 1, since: now }
}

async function probe(verdict: Verdict, counted: Counted, now: number): Promise<Verdict> {
  const counts = counted(verdict.since)
  const failed = tooMany(counts)
  const waited = now - verdict.since
  if (!failed && (waited < STEP_MS || (counts.attempts < ENOUGH && waited < QUIET_MS))) return verdict
  // While it is half open a circuit isn't written down: it is told again of the steps that were passed.
  const circuit = circuitOf(verdict, counts)
  for (let step = 0; step < verdict.passed; step++) await tell(circuit, false)
  await tell(circuit, failed)
  if (circuit.state === CircuitState.Open) return { circuit: written(circuit), passed: 0, since: now }
  if (circuit.state === CircuitState.Closed) return { passed: 0, since: now }
  return { ...verdict, passed: verdict.passed + 1, since: now }
}
