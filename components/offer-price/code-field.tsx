import { type FormEvent, useId, useRef } from 'react'
import { fill } from '../tokens/fill'
import type { OfferLabels } from './labels'
import type { OfferState } from './use-offer'

type Props = {
  state: OfferState
  labels: OfferLabels
  codeParam: string
  onApply: (code: string) => void
  onRemove: () => void
}

/** A code to type, or the one in use with a way to take it off. A plain form, for where no script runs. */
export function CodeField({ state, labels, codeParam, onApply, onRemove }: Props) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const { applying, problem, acted } = state
  const inUse = applying || problem ? undefined : state.couponCode

  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = field.current?.value.trim()
    if (code && !applying) onApply(code)
  }
  // Where no script runs, leaving the field empty is what takes the code off.
  if (inUse)
    return (
      <form data-slot="offer-code" data-state="applied">
        <p role="status" data-sign="success">
          {fill(labels.applied, { code: inUse })}
        </p>
        <button
          // biome-ignore lint/a11y/noAutofocus: it stands where the one was that had the focus
          autoFocus={acted}
          type="submit"
          onClick={(event) => {
            event.preventDefault()
            onRemove()
          }}
        >
          {fill(labels.remove, { code: inUse })}
        </button>
      </form>
    )
  return (
    <details data-slot="offer-code" open={!!(problem || applying || acted) || undefined}>
      <summary>{labels.haveCode}</summary>
      <form onSubmit={apply}>
        <label htmlFor={`${id}-code`}>{labels.code}</label>
        <div data-slot="offer-code-field">
          <input
            ref={field}
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
            aria-describedby={`${id}-said`}
          />
          <button type="submit" aria-disabled={!!applying}>
            {labels.apply}
          </button>
        </div>
      </form>
      <p id={`${id}-said`} role="status" data-slot="offer-code-status" data-sign={problem && 'problem'}>
        {applying && labels.applying}
        {problem && (problem.message || labels.stale)}
      </p>
    </details>
  )
}
