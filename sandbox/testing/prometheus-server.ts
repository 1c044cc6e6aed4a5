import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { freePorts } from '@/scripts/ports.mjs'
import { exitCode } from '@/scripts/processes.mjs'
import { findPrometheus } from '@/scripts/prometheus.mjs'

export type Series = { labels: Record<string, string>; values: number[] }

/** A real Prometheus that scrapes our servers every second, and forgets everything when it is stopped. */
export interface PrometheusServer {
  /** What the last `seconds` hold, a value a second; series that never had a value are left out. @throws what is wrong with the query */
  query(expr: string, seconds: number): Promise<Series[]>
  /** The alerts that fire at this moment, by name. */
  firing(): Promise<string[]>
  /** Resolves once each server was scraped so many times more. @throws with what the scraper says */
  scraped(times: number): Promise<void>
  stop(): Promise<void>
}

const PATIENCE_MS = 60_000

const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
})

const targetsSchema = z.object({
  data: z.object({ activeTargets: z.array(z.object({ health: z.string(), lastError: z.string() })) }),
})

const alertsSchema = z.object({
  data: z.object({
    alerts: z.array(z.object({ labels: z.object({ alertname: z.string() }), state: z.string() })),
  }),
})

const configOf = (targets: string[], token: string, rules: string[]) => `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: ${JSON.stringify(rules)}
scrape_configs:
  - job_name: workshop
    metrics_path: /api/metrics
    authorization: { credentials: "${token}" }
    static_configs: [{ targets: [${targets.map((url) => new URL(url).host).join(', ')}] }]
`

/**
 * @param targets origins of servers
 * @param token their `METRICS_TOKEN`
 * @param rules files of alert rules
 */
export async function startPrometheus(
  targets: string[],
  token: string,
  rules: string[] = [],
): Promise<PrometheusServer> {
  const binary = findPrometheus('prometheus')
  if (!binary) throw new Error('Prometheus is missing: `npm test integration` fetches it')
  const folder = mkdtempSync(join(tmpdir(), 'workshop-prometheus-'))
  const config = join(folder, 'prometheus.yml')
  writeFileSync(config, configOf(targets, token, rules), { mode: 0o600 })
  const [port = 0] = await freePorts(1)
  const child = spawn(
    binary,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part
  })
  const ended = exitCode(child)
  // Whatever ends the test run must end this too.
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const url = `http://127.0.0.1:${port}`

  async function stop() {
    process.off('exit', kill)
    child.kill('SIGTERM')
    const late = setTimeout(kill, 5000)
    await ended
    clearTimeout(late)
    rmSync(folder, { recursive: true, force: true })
  }
  async function ask(path: string): Promise<unknown> {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(10_000) })
    const body = await response.text()
    if (!response.ok) throw new Error(`Prometheus answers ${response.status}: ${body}`)
    return JSON.parse(body)
  }
  const query: PrometheusServer['query'] = async (expr, seconds) => {
    const end = Date.now() / 1000
    const parameters = { query: expr, start: String(end - seconds), end: String(end), step: '1' }
    const { data } = answerSchema.parse(await ask(`/api/v1/query_range?${new URLSearchParams(parameters)}`))
    return data.result
      .map(({ metric, values }) => ({
        labels: metric,
        values: values.map(([, value]) => Number(value)).filter(Number.isFinite),
      }))
      .filter(({ values }) => values.length > 0)
  }
  const scrapes = async () => {
    const counts = await query('count_over_time(up[1h])', 0)
    return counts.map(({ values }) => values.at(-1) ?? 0)
  }
  async function scraped(times: number) {
    const before = await scrapes()
    const wanted = Math.max(0, ...before) + times
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      const now = await scrapes()
      if (now.length === targets.length && Math.min(...now) >= wanted) break
      if (Date.now() > deadline) throw new Error(`Prometheus did not scrape ${targets}`)
      await sleep(200)
    }
    const { data } = targetsSchema.parse(await ask('/api/v1/targets'))
    for (const { health, lastError } of data.activeTargets)
      if (health !== 'up') throw new Error(`Prometheus can't scrape: ${lastError}`)
  }

  async function firing() {
    const { data } = alertsSchema.parse(await ask('/api/v1/alerts'))
    return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)
  }

  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`Prometheus did not start:\n${said}`)
    }
    const ready = await fetch(`${url}/-/ready`).catch(() => undefined)
    await ready?.body?.cancel()
    if (ready?.ok) return { query, firing, scraped, stop }
    await sleep(100)
  }
}
