import { Notice } from './site/notice'

export default function NotFound() {
  return (
    <Notice title="There is no page at this address">
      <p>
        The link may be old or incomplete. If you registered for a workshop, the e‑mail that confirmed it has
        the right one.
      </p>
    </Notice>
  )
}
