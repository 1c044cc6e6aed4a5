import { type FormEvent, useId } from 'react'
import { fill } from '../tokens/fill'
import type { OfferLabels } from './labels'
import type { OfferState } from './use-offer'

type Props = {
  state: OfferState
  labels: OfferLabels
  codeParam: string
  signInUrl: string | undefined
  /** What is paid now, as people read it. */
  price: string | undefined
  onApply: (code: string) => void
  onRemove: () => void
}

/** A code to type, or the one in use with a way to take it off. A plain form, for where no script runs. */
export function CodeField({ state, labels, codeParam, signInUrl, price, onApply, onRemove }: Props) {
  const id = useId()
  const { offer, checking, problem, acted } = state
  const applying = checking ? state.couponCode : undefined
  const code = checking || problem ? undefined : state.couponCode
  // Nobody has typed a country's.
  const byCountry = offer?.tier === 'ppp'

  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const typed = event.currentTarget.querySelector('input')?.value.trim()
    if (typed && !applying) onApply(typed)
  }
  return (
    <>
      {code ? (
        // Where no script runs, leaving the field empty is what takes the code off.
        <form data-slot="offer-code" data-state="applied">
          <button
            // biome-ignore lint/a11y/noAutofocus: it stands where the one was that had the focus
            autoFocus={acted}
            type="submit"
            onClick={(event) => {
              event.preventDefault()
              onRemove()
            }}
          >
            {fill(byCountry ? labels.pppRemove : labels.remove, { code })}
          </button>
        </form>
      ) : (
        <details data-slot="offer-code" open={!!(problem || applying || acted) || undefined}>
          <summary>{labels.haveCode}</summary>
          <form onSubmit={apply}>
            <label htmlFor={`${id}-code`}>{labels.code}</label>
            <div data-slot="offer-code-field">
              <input
                // biome-ignore lint/a11y/noAutofocus: the button that took the code off had it
                autoFocus={acted}
                id={`${id}-code`}
                name={codeParam}
                defaultValue={problem?.code ?? applying}
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
                maxLength={64}
                aria-invalid={problem ? true : undefined}
                aria-describedby={id}
              />
              <button type="submit" aria-disabled={!!applying}>
                {labels.apply}
              </button>
            </div>
          </form>
        </details>
      )}
      {/* Always the same node, so that screen readers hear what becomes of the price. */}
      <p
        id={id}
        role="status"
        data-slot="offer-code-status"
        data-sign={problem ? 'problem' : code && !offer?.withoutCode ? 'success' : undefined}
      >
        {applying
          ? labels.applying
          : problem
            ? problem.message || labels.stale
            : code
              ? fill(byCountry ? labels.pppApplied : labels.applied, { code, price })
              : acted && !checking && fill(labels.withoutCode, { price })}
      </p>
      {problem?.notEligible && signInUrl && (
        <a href={signInUrl} data-slot="offer-sign-in">
          {labels.signIn}
        </a>
      )}
    </>
  )
}
