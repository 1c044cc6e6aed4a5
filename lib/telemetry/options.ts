export type TelemetryOptions = { prometheus: boolean; otlp: boolean }

/** What `METRICS_TOKEN` and OpenTelemetry's own variables ask for. */
export function telemetryOptions(source: Record<string, string | undefined>): TelemetryOptions {
  const set = (name: string) => (source[name] ?? '').trim() !== ''
  const otlp =
    source.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' &&
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
      'OTEL_TRACES_EXPORTER',
      'OTEL_METRICS_EXPORTER',
    ].some(set)
  return { prometheus: set('METRICS_TOKEN'), otlp }
}
