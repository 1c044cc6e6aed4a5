// For `node --import ./scripts/register.mjs`: runs the project's TypeScript outside of Next, with its `@/` paths.
// The package `server-only` throws everywhere but in Next's server build; a command line is a server too.
import { registerHooks } from 'node:module'
import 'tsx'

const empty = 'data:text/javascript,'

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === 'server-only' ? { url: empty, shortCircuit: true } : nextResolve(specifier, context),
})
