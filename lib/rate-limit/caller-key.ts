import { createHash } from 'node:crypto'
import { networkOf } from '@/lib/http/network'

const digest = (text: string) => createHash('sha256').update(text).digest('base64url')

/** Addresses and e-mails are counted by their hash: the table names nobody. */
export const addressKey = (ip: string): string => `ip:${digest(networkOf(ip))}`
export const emailKey = (email: string): string => `email:${digest(email.trim().toLowerCase())}`
export const viewerKey = (email: string): string => `viewer:${digest(email.trim().toLowerCase())}`
