import { QueryClient, QueryClientContext } from '@tanstack/react-query'
import { useContext } from 'react'

let own: QueryClient | undefined

/** Mounted for good, so that it hears when the device is connected again and when the visitor comes back to the tab. */
function pageClient(): QueryClient {
  if (!own) {
    own = new QueryClient()
    own.mount()
  }
  return own
}

/**
 * The host's QueryClient where the page provides one, else one of ours for the whole page, so that no provider is
 * required. On the server, where nothing is fetched and nothing may be shared, every render gets its own.
 */
export function useClient(): QueryClient {
  const hosts = useContext(QueryClientContext)
  if (hosts) return hosts
  return typeof window === 'undefined' ? new QueryClient() : pageClient()
}
