/** What makes a server of the shop a pure storefront: nothing of a commerce side's own, and where that is. */
export const storefrontEnv = (commerceUrl: string) => ({
  DATABASE_URL: '',
  STRIPE_SECRET_KEY: '',
  STRIPE_WEBHOOK_SECRET: '',
  STRIPE_API_BASE_URL: '',
  CRON_SECRET: '',
  SMTP_URL: '',
  EMAIL_FROM: '',
  COURSE_BUILDER_API_URL: commerceUrl,
})
