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
  own ??= new QueryClient()
  return own
}
