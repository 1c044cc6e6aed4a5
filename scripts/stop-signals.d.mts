// For an app of somebody else's whose TypeScript reads no JavaScript.
export function onStop(
  first: (signal: NodeJS.Signals) => void,
  again: (signal: NodeJS.Signals) => void,
  options?: {
    signals?: NodeJS.Signals[]
    source?: Pick<NodeJS.Process, 'on'>
    now?: () => number
  },
): void
