import 'server-only'
import { metrics } from '@opentelemetry/api'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { HANDLED_TYPES } from '@/lib/stripe/event-types'
import { declaredWorkshops } from '@/lib/workshops'
import { observeDatabase } from './database'
import { startAtZero } from './metrics'
import type { TelemetryOptions } from './options'
import { sharedTelemetry } from './shared'

/**
 * Registers what is wanted, and loads no more than that: the Prometheus reader for `api/metrics`, and OpenTelemetry's SDK, which reads
 * its own variables, for traces and metrics over OTLP.
 */
export async function startTelemetry({ prometheus, otlp }: TelemetryOptions): Promise<void> {
  const readers: IMetricReader[] = []
  if (prometheus) readers.push(await prometheusReader())
  if (otlp) await startOtlp(readers)
  else {
    const { MeterProvider } = await import('@opentelemetry/sdk-metrics')
    metrics.setGlobalMeterProvider(new MeterProvider({ readers }))
  }
  observeDatabase()
  const currencies = new Set(declaredWorkshops().map(({ price }) => price?.currency ?? 'usd'))
  startAtZero({ currencies: [...currencies], eventTypes: HANDLED_TYPES })
}

async function prometheusReader(): Promise<IMetricReader> {
  const { PrometheusExporter, PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus')
  // The route serves it, behind its own bearer.
  const reader = new PrometheusExporter({ preventServerStart: true })
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true)
  sharedTelemetry().scrape = async () => {
    const { resourceMetrics } = await reader.collect({ timeoutMillis: 5000 })
    return serializer.serialize(resourceMetrics)
  }
  return reader
}

async function startOtlp(readers: IMetricReader[]): Promise<void> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node')
  process.env.OTEL_SERVICE_NAME ||= 'workshop-checkout'
  if (readers.length > 0 && process.env.OTEL_METRICS_EXPORTER !== 'none') {
    // Readers that are given replace the ones that the variables name.
    const { PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics')
    const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto')
    const interval = Number(process.env.OTEL_METRIC_EXPORT_INTERVAL) || 60_000
    readers.push(
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        exportIntervalMillis: interval,
        exportTimeoutMillis: Math.min(interval, Number(process.env.OTEL_METRIC_EXPORT_TIMEOUT) || 30_000),
      }),
    )
  }
  const sdk = new NodeSDK({
    ...(readers.length > 0 && { metricReaders: readers }),
    logRecordProcessors: [],
  })
  sdk.start()
  // What is still waiting to be sent when the process is asked to end.
  process.once('SIGTERM', () => void sdk.shutdown().catch(() => undefined))
}
