import type { Viewer } from '@/lib/contract/types'
import styles from './site.module.css'

const personas = [
  ['nobody', 'Nobody'],
  ['member', 'Ada, no membership'],
  ['yearly', 'Grace, a yearly member'],
] as const

/** The demo's own sign-in: pick who you are. There is none of it outside the demo. */
export const DemoSignIn = ({ viewer, returnTo }: { viewer: Viewer | null; returnTo: string }) => {
  const current = viewer ? (viewer.member ? 'yearly' : 'member') : 'nobody'
  return (
    <footer className={styles.demo}>
      <form method="post" action="/api/demo/sign-in">
        <input type="hidden" name="returnTo" value={returnTo} />
        <fieldset>
          <legend>Demo: look at this page as</legend>
          {personas.map(([value, label]) => (
            <button key={value} type="submit" name="as" value={value} aria-pressed={value === current}>
              {label}
            </button>
          ))}
        </fieldset>
      </form>
    </footer>
  )
}
