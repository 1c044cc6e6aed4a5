import { CheckoutStatus } from '@/components/checkout-status/checkout-status'
import { checkoutOf, type ShopProps, workshop } from '../shop'

export { fromShop as getServerSideProps } from '../shop'

export default function ConfirmationPage({ shopUrl, sessionId }: ShopProps) {
  return (
    <main>
      <CheckoutStatus sessionId={sessionId ?? undefined} workshop={workshop} endpoint={checkoutOf(shopUrl)} />
    </main>
  )
}
