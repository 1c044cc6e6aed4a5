/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // A webhook that is answered with a redirect never arrives.
  skipTrailingSlashRedirect: true,
  serverExternalPackages: ['pino', 'mysql2', 'nodemailer'],
}

export default config
