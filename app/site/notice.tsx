import Link from 'next/link'
import type { ReactNode } from 'react'
import styles from './site.module.css'

/** A page that has one thing to say, and one way on. */
export const Notice = ({ title, children }: { title: string; children: ReactNode }) => (
  <main className={styles.notice}>
    <h1>{title}</h1>
    <div>{children}</div>
    <p>
      <Link href="/">All workshops</Link>
    </p>
  </main>
)
