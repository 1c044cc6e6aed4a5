import Link from 'next/link'
import { formatDay, placeOf } from '@/components/time/format-time'
import { listWorkshops } from '@/lib/storefront'
import styles from './site/list.module.css'

// The demo's dates move with the calendar.
export const dynamic = 'force-dynamic'

export default async function WorkshopsPage() {
  const workshops = await listWorkshops()
  return (
    <main className={styles.list}>
      <h1>Workshops</h1>
      <p className={styles.lead}>Live, small, and taught by people who do the work.</p>
      {workshops.length === 0 && <p>None is planned right now. Look again in a few weeks.</p>}
      <ol>
        {workshops.map(({ slug, title, summary, startsAt, timeZone, instructor }) => (
          <li key={slug}>
            <p className={styles.date}>
              <time dateTime={startsAt}>{formatDay(startsAt, { timeZone })}</time>
              <br />
              {placeOf(timeZone)}
            </p>
            <h2>
              <Link href={`/workshop/${slug}`}>{title}</Link>
            </h2>
            <p>{summary}</p>
            <p className={styles.with}>with {instructor.name}</p>
          </li>
        ))}
      </ol>
    </main>
  )
}
