import { Refusal } from '../errors'
import { findLinkBySlug, openLink } from '../payment-link-visit'
import { htmlResponse, seeOther } from './html'
import { inactiveLinkPage, unknownPage } from './notices'
import type { PageHandler } from './routes'

/** A payment link's own address: makes the visitor's session and shows its page. */
export const showLink: PageHandler = async (sandbox, slug, request) => {
  const link = findLinkBySlug(sandbox, slug)
  if (!link) return htmlResponse(unknownPage(), 404)
  try {
    const session = openLink(sandbox, slug, new URL(request.url).searchParams)
    return seeOther(`/c/pay/${session.id}`)
  } catch (error) {
    if (error instanceof Refusal) return htmlResponse(inactiveLinkPage(link.inactive_message), 410)
    throw error
  }
}
