import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DemoSignIn } from '@/app/site/demo-sign-in'
import { EventTime } from '@/app/site/event-time'
import tokens from '@/components/tokens/tokens.module.css'
import { getVisitorOffer, getWorkshopPage, sentenceFor, storefrontSettings } from '@/lib/storefront'
import { FootBar } from './foot-bar'
import { Panel } from './panel'
import styles from './workshop.module.css'

type Props = {
  params: Promise<{ slug: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const workshop = await getWorkshopPage((await params).slug)
  return workshop ? { title: workshop.title, description: workshop.summary } : {}
}

const one = (value: string | string[] | undefined) =>
  (Array.isArray(value) ? value[0] : value)?.trim() || undefined

export default async function WorkshopPage({ params, searchParams }: Props) {
  const { slug } = await params
  const query = await searchParams
  const asked = one(query.coupon)
  const [workshop, visitor] = await Promise.all([
    getWorkshopPage(slug),
    getVisitorOffer(slug, asked ? { couponCode: asked } : {}),
  ])
  if (!workshop) notFound()
  const { demo, publishableKey, signInUrl } = storefrontSettings()
  const { offer, viewer } = visitor
  return (
    <>
      <main className={styles.page}>
        <Happened query={query} />
        <article className={styles.text}>
          <h1>{workshop.title}</h1>
          <p className={styles.lead}>{workshop.summary}</p>
          <p className={styles.when}>
            <EventTime {...workshop} />
          </p>
          {workshop.description.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
          <h2>What we do</h2>
          <ol className={styles.outline}>
            {workshop.outline.map(({ title, text }) => (
              <li key={title}>
                <h3>{title}</h3>
                <p>{text}</p>
              </li>
            ))}
          </ol>
          <h2>Who teaches</h2>
          <p>
            <strong>{workshop.instructor.name}</strong> {workshop.instructor.bio.replace(/^./, lower)}
          </p>
          <h2>How you join</h2>
          <p>{workshop.howToJoin}</p>
          <FootBar workshop={workshop} offer={offer} />
        </article>
        <Panel
          workshop={workshop}
          offer={offer}
          viewer={viewer}
          asked={asked}
          publishableKey={publishableKey}
          signInUrl={signInUrl}
        />
      </main>
      {demo && <DemoSignIn viewer={viewer} returnTo={`/workshop/${slug}`} />}
    </>
  )
}

/** The bio follows the name in one sentence. */
const lower = (letter: string) => letter.toLowerCase()

/** What happened before this page was opened: the way back from Stripe, or a form that was refused. */
function Happened({ query }: { query: Awaited<Props['searchParams']> }) {
  const code = one(query.checkout_error)
  if (code)
    return (
      <p className={`${tokens.tokens} ${styles.happened}`} role="alert" data-slot="checkout-error">
        <span data-sign="problem">{sentenceFor(code)}</span>
      </p>
    )
  if (one(query.checkout) === 'cancelled')
    return (
      <p className={styles.happened} role="status" data-slot="checkout-cancelled">
        You left the payment page, and nothing was charged. Register again whenever you are ready.
      </p>
    )
  return null
}
