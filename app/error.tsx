'use client'

import { Notice } from './site/notice'
import styles from './site/site.module.css'

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <Notice title="This page could not be shown">
      <p>
        The fault is on our side. Nothing was charged by opening it, and a registration you already paid for
        is safe.
      </p>
      <p>
        <button type="button" className={styles.button} onClick={reset}>
          Try again
        </button>
      </p>
    </Notice>
  )
}
