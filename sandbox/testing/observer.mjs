// @ts-check
// Preloaded into a server process that a test or the bench looks into (`--import`): it says over IPC which files were loaded, and what
// memory is in use.
import { statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** @type {Map<string, number>} path to bytes, in the order of loading */
const files = new Map()

registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith('file:')) {
      const file = fileURLToPath(url)
      files.set(file, statSync(file, { throwIfNoEntry: false })?.size ?? 0)
    }
    return nextLoad(url, context)
  },
})

setFlagsFromString('--expose-gc')
/** @type {() => void} */
const collectGarbage = runInNewContext('gc')

export const answers = {
  files: () => [...files],
  memory: () => {
    collectGarbage()
    return process.memoryUsage()
  },
}

process.on('message', (/** @type {{ ask?: keyof typeof answers }} */ { ask }) => {
  if (ask && Object.hasOwn(answers, ask)) process.send?.({ ask, answer: answers[ask]() })
})
