import { useState } from 'react'
import { emailLabels } from './email-labels'
import type { RegisterViewProps } from './register-props'

/** Under which address somebody who is signed in registers, and a field to change it. */
export default function EmailField({ viewer, ...props }: RegisterViewProps) {
  const [typed, setTyped] = useState('')
  const labels = { ...emailLabels, ...props.labels }
  return (
    <details
      data-slot="register-email"
      onInvalid={(event) => {
        // A browser says nothing of a field that it can't show.
        event.currentTarget.open = true
      }}
    >
      <summary>
        {labels.registeringAs} <bdi>{typed || viewer?.email}</bdi> <u>{labels.changeEmail}</u>
      </summary>
      <label>
        {labels.email}
        <input
          type="email"
          name="email"
          autoComplete="email"
          defaultValue={viewer?.email}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
    </details>
  )
}
