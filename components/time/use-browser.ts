import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** The visitor's IANA time zone; `undefined` on the server and while its markup is being taken over. */
export const useVisitorZone = (): string | undefined =>
  useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => undefined,
  )

const everyMinute = (listener: () => void) => {
  const timer = setInterval(listener, 60_000)
  return () => clearInterval(timer)
}

/** The time now, in ms, to the minute; `undefined` on the server and while its markup is being taken over. */
export const useNow = (): number | undefined =>
  useSyncExternalStore(
    everyMinute,
    () => Math.floor(Date.now() / 60_000) * 60_000,
    () => undefined,
  )

const connection = (listener: () => void) => {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

/** Whether the browser believes that it is connected. */
export const useOnline = (): boolean =>
  useSyncExternalStore(
    connection,
    () => navigator.onLine,
    () => true,
  )
