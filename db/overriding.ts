/** The same object with other methods in some places; its own keep working on itself. */
export const overriding = <T extends object>(target: T, methods: Record<string, unknown>): T =>
  new Proxy(target, {
    get(_, name) {
      if (typeof name === 'string' && Object.hasOwn(methods, name)) return methods[name]
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
