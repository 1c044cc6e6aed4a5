/** Who writes to buyers: what `EMAIL_FROM` says, taken apart. */
export type Sender = { name: string; address: string }

const ADDRESS = /^[^\s@<>,;:"\\()[\]\p{Cc}]+@[^\s@<>,;:"\\()[\]\p{Cc}]+$/u

/** One plain address, which can't be taken for several or for a part of a header. */
export const isAddress = (text: string): boolean => ADDRESS.test(text)

/** `Workshops <workshops@example.com>`, or an address alone, taken apart. Null where it holds no address. */
export function readSender(from: string): Sender | null {
  const match = /^(?:([^<>]*?)\s*<([^<>]+)>|([^<>]+))$/.exec(from.trim())
  const address = (match?.[2] ?? match?.[3] ?? '').trim()
  if (!isAddress(address)) return null
  return { name: (match?.[1] ?? '').replace(/^"([\s\S]*)"$/, '$1'), address }
}
