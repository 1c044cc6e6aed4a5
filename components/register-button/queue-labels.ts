/** The texts of a wait that the server asked for. */
export const queueLabels = {
  retrying: 'Many people are registering right now. We try again in {seconds} seconds.',
  retryingSoon: 'Many people are registering right now. We try again in a second.',
}

export type QueueLabels = typeof queueLabels
