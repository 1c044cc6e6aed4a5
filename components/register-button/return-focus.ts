import type { RefObject } from 'react'

/** A dialog that nothing in it opened has no trigger to give the focus back to: the button that was pressed gets it. */
export const returnFocus = (form: RefObject<HTMLFormElement | null>) => (event: Event) => {
  event.preventDefault()
  form.current?.querySelector<HTMLElement>('[data-slot=register-button]')?.focus()
}
