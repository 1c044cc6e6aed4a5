import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { emptyState, type State } from './state'

const DEBOUNCE_MS = 250

/** Keeps state in a file: written beside it and renamed, so that a crash leaves the old one whole. */
export class Persistence {
  readonly #file: string | undefined
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #state: State | undefined

  constructor(file: string | undefined) {
    this.#file = file
  }

  async load(): Promise<State> {
    if (!this.#file) return emptyState()
    try {
      return { ...emptyState(), ...(JSON.parse(await readFile(this.#file, 'utf8')) as State) }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return emptyState()
      throw new Error(
        `The Stripe sandbox can't read its state in ${this.#file}. Remove the file to start afresh.`,
        {
          cause: error,
        },
      )
    }
  }

  /** Saves soon; many changes in a row are one write. */
  changed(state: State): void {
    if (!this.#file) return
    this.#state = state
    this.#timer ??= setTimeout(() => void this.flush(), DEBOUNCE_MS)
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const [file, state] = [this.#file, this.#state]
    this.#state = undefined
    if (file && state) this.#writing = this.#writing.then(() => write(file, JSON.stringify(state)))
    await this.#writing
  }
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}.tmp`
  await writeFile(beside, text)
  await rename(beside, file)
}
