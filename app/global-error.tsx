'use client'

import './globals.css'
import { face } from './site/face'
import styles from './site/site.module.css'

/** Where the frame of every page breaks, its own included: this stands in place of it, so it brings its own. */
export default function GlobalErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en" className={face.variable}>
      <head>
        <title>This page could not be shown</title>
        <meta name="color-scheme" content="light dark" />
      </head>
      <body>
        <main className={styles.notice}>
          <h1>This page could not be shown</h1>
          <div>
            <p>
              The fault is on our side. Nothing was charged by opening it, and a registration you already paid
              for is safe.
            </p>
            <p>
              <button type="button" className={styles.button} onClick={reset}>
                Try again
              </button>
            </p>
          </div>
          <p>
            {/* Not Next's link: what broke may be what it needs. */}
            <a href="/">All workshops</a>
          </p>
        </main>
      </body>
    </html>
  )
}
