import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments } from '../arguments.mjs'
import { envExample } from './example'

readArguments('npm run env:example    writes .env.example from lib/env.ts')

writeFileSync(join(import.meta.dirname, '../../.env.example'), envExample())
