import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { envExample } from './example'

writeFileSync(join(import.meta.dirname, '../../.env.example'), envExample())
