export { PricingWidget } from '@coursebuilder/commerce-next/pricing/pricing-widget'
