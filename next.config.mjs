const everywhere = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  // Scripts need a nonce of each page's own, and forms lead to Stripe: what neither needs is closed.
  { key: 'Content-Security-Policy', value: "frame-ancestors 'none'; base-uri 'none'; object-src 'none'" },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
]

/** @type {import('next').NextConfig} */
const config = {
  // A build of its own beside the usual one, so that neither is made under a running server.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // Checked by `npm run typecheck`; whoever only wants the demo need not wait for it.
  typescript: { ignoreBuildErrors: process.env.SKIP_TYPECHECK === '1' },
  reactStrictMode: true,
  poweredByHeader: false,
  // A webhook that is answered with a redirect never arrives.
  skipTrailingSlashRedirect: true,
  headers: async () => [
    { source: '/:path*', headers: everywhere },
    // Its address carries the session, which no other site may learn.
    {
      source: '/workshop/:slug/confirmation',
      headers: [
        { key: 'Referrer-Policy', value: 'no-referrer' },
        { key: 'X-Robots-Tag', value: 'noindex' },
      ],
    },
  ],
  serverExternalPackages: [
    'pino',
    'mysql2',
    'nodemailer',
    '@opentelemetry/api',
    '@opentelemetry/sdk-metrics',
    '@opentelemetry/sdk-node',
    '@opentelemetry/exporter-prometheus',
    '@opentelemetry/exporter-metrics-otlp-proto',
    '@sentry/core',
  ],
}

export default config
