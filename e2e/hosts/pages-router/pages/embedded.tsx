import { RegisterButton } from '@/components/register-button/register-button'
import { checkoutOf, type ShopProps, workshop } from '../shop'

export { fromShop as getServerSideProps } from '../shop'

/** Stripe's page in a dialog instead of a page of its own. */
export default function WorkshopPage({ shopUrl }: ShopProps) {
  return (
    <main>
      <h1>{workshop.title}</h1>
      <RegisterButton
        workshop={workshop}
        endpoint={checkoutOf(shopUrl)}
        ui="embedded"
        publishableKey="pk_test_of_this_host"
      />
    </main>
  )
}
