import 'server-only'

/** There is no commerce side in this app: an environment that asks for one stops the start. */
export async function warm(): Promise<void> {
  process.stderr.write(
    'COURSE_BUILDER_API_URL is missing: where the commerce side is, e.g. https://course-builder.egghead.io\n',
  )
  process.exit(1)
}
