// For `node --import ./scripts/register.mjs`: runs the project's TypeScript outside of Next, with its `@/` paths.
// The package `server-only` throws everywhere but in Next's server build; a command line is a server too.
import * as node from 'node:module'
import 'tsx'

const empty = 'data:text/javascript,'

if (node.registerHooks)
  node.registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier === 'server-only' ? { url: empty, shortCircuit: true } : nextResolve(specifier, context),
  })
else {
  // Node 20 and 22 before 22.15 know hooks only in a module of their own.
  const hook = `export const resolve = (specifier, context, next) =>
    specifier === 'server-only' ? { url: '${empty}', shortCircuit: true } : next(specifier, context)`
  node.register(`data:text/javascript,${encodeURIComponent(hook)}`)
}
