import Link from 'next/link'
import { formatDay, placeOf } from '@/components/time/format-time'
import { listWorkshops } from '@/lib/storefront'
import styles from './site/list.module.css'
import { ListPrice } from './site/list-price'

// Prices and seats are read at each visit; a page made by the build would keep those of that moment.
export const dynamic = 'force-dynamic'

export default async function WorkshopsPage() {
  const workshops = await listWorkshops()
  return (
    <main className={styles.list}>
      <h1>Workshops</h1>
      <p className={styles.lead}>Live, small, and taught by people who do the work.</p>
      {workshops.length === 0 && <p>None is planned right now. Look again in a few weeks.</p>}
      <ol>
        {workshops.map(({ workshop, offer }) => (
          <li key={workshop.slug}>
            <p className={styles.date}>
              <time dateTime={workshop.startsAt}>{formatDay(workshop.startsAt, workshop)}</time>
              <br />
              {placeOf(workshop.timeZone)}
            </p>
            <div>
              <h2>
                <Link href={`/workshop/${workshop.slug}`}>{workshop.title}</Link>
              </h2>
              <p>{workshop.summary}</p>
              <p className={styles.with}>with {workshop.instructor.name}</p>
            </div>
            <ListPrice workshop={workshop} offer={offer} />
          </li>
        ))}
      </ol>
    </main>
  )
}
