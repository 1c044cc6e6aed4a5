/** Without one of its own, a build inside a larger folder takes the first that it finds further up: the shop's. */
export function register() {}
