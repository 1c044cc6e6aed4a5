import { root } from '../project.mjs'
import { emitRegistry } from './emit'

/** Writes what hosts get, for `tsc -p registry` to read. */
emitRegistry(root)
