import 'server-only'

/** There is no database in this app to observe. */
export function observeDatabase(): void {}
