import { OfferPrice } from '@/components/offer-price/offer-price'
import { RegisterButton } from '@/components/register-button/register-button'
import { checkoutOf, offerOf, type ShopProps, workshop } from '../shop'

export { fromShop as getServerSideProps } from '../shop'

/** The least that a page has to do: no provider, no offer from the server. */
export default function WorkshopPage({ shopUrl }: ShopProps) {
  return (
    <main>
      <h1>{workshop.title}</h1>
      <OfferPrice workshop={workshop} endpoint={offerOf(shopUrl)} />
      <RegisterButton workshop={workshop} endpoint={checkoutOf(shopUrl)} />
    </main>
  )
}
