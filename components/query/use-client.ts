import { QueryClient, QueryClientContext } from '@tanstack/react-query'
import { useContext } from 'react'

let own: QueryClient | undefined

/**
 * The host's QueryClient where the page provides one, else one of ours for the whole page, so that no provider is
 * required. On the server, where nothing is fetched and nothing may be shared, every render gets its own.
 */
export function useClient(): QueryClient {
  const hosts = useContext(QueryClientContext)
  if (hosts) return hosts
  if (typeof window === 'undefined') return new QueryClient()
  if (!own) {
    own = new QueryClient()
    // It hears from now on when the device is connected again and when the visitor comes back to the tab.
    own.mount()
  }
  return own
}
