import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { OfferPrice } from '@/components/offer-price/offer-price'
import { RegisterButton } from '@/components/register-button/register-button'
import { checkoutOf, offerOf, type ShopProps, workshop } from '../shop'

export { fromShop as getServerSideProps } from '../shop'

/** A host that fetches with the same library keeps its own client, and finds our queries in it. */
export default function WorkshopPage({ shopUrl }: ShopProps) {
  const [client] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={client}>
      <main>
        <h1>{workshop.title}</h1>
        <OfferPrice workshop={workshop} endpoint={offerOf(shopUrl)} />
        <RegisterButton workshop={workshop} endpoint={checkoutOf(shopUrl)} />
        <CachedKeys />
      </main>
    </QueryClientProvider>
  )
}

function CachedKeys() {
  const cache = useQueryClient().getQueryCache()
  const [keys, setKeys] = useState('')
  useEffect(() => {
    const show = () => setKeys(JSON.stringify(cache.getAll().map(({ queryKey }) => queryKey[0])))
    show()
    return cache.subscribe(show)
  }, [cache])
  return <output aria-label="In the host's cache">{keys}</output>
}
