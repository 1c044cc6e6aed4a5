import 'server-only'
import { type Attributes, type Counter, type Gauge, type Histogram, metrics } from '@opentelemetry/api'

/**
 * Instruments are made when they are first used: by then `instrumentation.ts` has registered an SDK, or there is none and they do
 * nothing. OpenTelemetry's API has no meter that waits for a provider.
 */
const meter = () => metrics.getMeter('workshop-checkout')

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Counts what happened, under its full Prometheus name. */
export function counter<A extends Attributes>(name: string, description: string) {
  const instrument = once<Counter<A>>(() => meter().createCounter<A>(name, { description }))
  return (attributes: A, by = 1) => instrument().add(by, attributes)
}

/** Seconds that something took. */
export function histogram<A extends Attributes>(
  name: string,
  description: string,
  explicitBucketBoundaries: number[],
) {
  const options = { description, unit: 's', advice: { explicitBucketBoundaries } }
  const instrument = once<Histogram<A>>(() => meter().createHistogram<A>(name, options))
  return (seconds: number, attributes: A) => instrument().record(seconds, attributes)
}

/** The last value that was set. */
export function gauge(name: string, description: string) {
  const instrument = once<Gauge>(() => meter().createGauge(name, { description }))
  return (value: number) => instrument().record(value)
}
