import { existsSync } from 'node:fs'

// As the server does it: what the shell says goes first. Before anything else is loaded, because the tables' prefix is read with them.
for (const file of ['.env.local', '.env']) if (existsSync(file)) process.loadEnvFile(file)
