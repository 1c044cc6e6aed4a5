import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import './globals.css'
import { face } from './site/face'
import { SiteHeader } from './site/site-header'

export const metadata: Metadata = {
  title: { default: 'Workshops', template: '%s · Workshops' },
  description: 'Live workshops for people who write software.',
}

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fcfaf6' },
    { media: '(prefers-color-scheme: dark)', color: '#191714' },
  ],
}

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={face.variable}>
      <body>
        <SiteHeader />
        {children}
      </body>
    </html>
  )
}
