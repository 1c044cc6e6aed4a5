import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The tests that take minutes, longest first: a worker that gets one of them last keeps the others waiting for it. */
const LONG = [
  'bench/bench.',
  'lib/rollout/rollout.',
  'lib/fulfillment/crash.',
  'lib/fulfillment/course-builder.',
  'lib/fulfillment/database-faults.',
  'lib/reconcile/lost.',
  'db/migrate.',
  'ops/queues.',
  'lib/health/health.',
]

const rank = ({ moduleId }: TestSpecification) => {
  const found = LONG.findIndex((name) => moduleId.includes(`/${name}`))
  return found === -1 ? LONG.length : found
}

/** On a fresh machine nothing is known of how long a test took before: then Vitest itself goes by the size of its file. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((left, right) => rank(left) - rank(right))
  }
}
