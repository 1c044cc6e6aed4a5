import Link from 'next/link'
import styles from './site.module.css'

export const SiteHeader = () => (
  <header className={styles.header}>
    <Link href="/" className={styles.name}>
      Workshops
    </Link>
  </header>
)
