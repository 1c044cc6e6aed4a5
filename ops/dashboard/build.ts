import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeSizing,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  type Dashboard,
  DashboardCursorSync,
  defaultDashboard,
  FieldColorModeId,
  type FieldConfigSource,
  type GraphFieldConfig,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  MappingType,
  type Panel,
  PercentChangeColorMode,
  type RowPanel,
  SortOrder,
  ThresholdsMode,
  TooltipDisplayMode,
  VizOrientation,
} from '@grafana/schema'
import type { Options as BarGaugeOptions } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen'
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen'
import type { Options as TimeSeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen'
import { type PanelSpec, rows } from './panels'

const HEIGHT = 8
const COLUMNS = 24
/** Whoever imports the dashboard says which of their Prometheus servers it is. */
const datasource = { type: 'prometheus', uid: '$datasource' }

const legend = {
  calcs: [],
  displayMode: LegendDisplayMode.List,
  placement: 'bottom' as const,
  showLegend: true,
}
const lastValue = { calcs: ['lastNotNull'], values: false }

const lines: TimeSeriesOptions = {
  legend,
  tooltip: { mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending },
}

const stat: StatOptions = {
  colorMode: BigValueColorMode.Value,
  graphMode: BigValueGraphMode.None,
  justifyMode: BigValueJustifyMode.Auto,
  orientation: VizOrientation.Auto,
  percentChangeColorMode: PercentChangeColorMode.Standard,
  reduceOptions: lastValue,
  showPercentChange: false,
  textMode: BigValueTextMode.ValueAndName,
  wideLayout: true,
}

const bars: BarGaugeOptions = {
  displayMode: BarGaugeDisplayMode.Basic,
  legend: { ...legend, showLegend: false },
  maxVizHeight: 300,
  minVizHeight: 16,
  minVizWidth: 8,
  namePlacement: BarGaugeNamePlacement.Auto,
  orientation: VizOrientation.Horizontal,
  reduceOptions: lastValue,
  showUnfilled: true,
  sizing: BarGaugeSizing.Auto,
  valueMode: BarGaugeValueMode.Color,
}

const kinds = {
  lines: { type: 'timeseries', options: { ...lines } },
  stat: { type: 'stat', options: { ...stat } },
  bars: { type: 'bargauge', options: { ...bars } },
} as const

const onOff = {
  type: MappingType.ValueToText as const,
  options: { 0: { text: 'at rest', index: 0 }, 1: { text: 'open', index: 1 } },
}

const lineStyle = (limit: number | undefined): GraphFieldConfig => ({
  fillOpacity: 8,
  lineWidth: 1,
  ...(limit !== undefined && { thresholdsStyle: { mode: GraphThresholdsStyleMode.Dashed } }),
})

function fieldConfig({ as, unit, limit }: PanelSpec): FieldConfigSource {
  const steps = [
    // The first step's value means "from the least on", which JSON writes as null.
    { color: limit === undefined ? 'text' : 'green', value: null as unknown as number },
    ...(limit === undefined ? [] : [{ color: 'red', value: limit }]),
  ]
  return {
    defaults: {
      unit: unit === 'onoff' ? 'short' : unit,
      min: 0,
      ...(unit === 'onoff' && { mappings: [onOff] }),
      color: { mode: as === 'lines' ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds },
      thresholds: { mode: ThresholdsMode.Absolute, steps },
      ...(as === 'lines' && { custom: { ...lineStyle(limit) } }),
    },
    overrides: [],
  }
}

function panel(spec: PanelSpec, id: number, x: number, y: number): Panel {
  const { type, options } = kinds[spec.as]
  return {
    id,
    type,
    title: spec.title,
    description: spec.about,
    datasource,
    gridPos: { h: HEIGHT, w: spec.width, x, y },
    fieldConfig: fieldConfig(spec),
    options,
    targets: spec.queries.map(({ expr, legend: legendFormat }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      editorMode: 'code',
      expr,
      legendFormat,
      // A number wants the last moment, a line all of them.
      instant: spec.as !== 'lines',
      range: spec.as === 'lines',
    })),
  }
}

function panels(): (Panel | RowPanel)[] {
  const all: (Panel | RowPanel)[] = []
  let y = 0
  for (const row of rows) {
    all.push({
      id: all.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: COLUMNS, x: 0, y: y++ },
      panels: [],
    })
    let x = 0
    for (const spec of row.panels) {
      if (x + spec.width > COLUMNS) {
        x = 0
        y += HEIGHT
      }
      all.push(panel(spec, all.length + 1, x, y))
      x += spec.width
    }
    y += HEIGHT
  }
  return all
}

/** The dashboard as Grafana imports it. */
export function buildDashboard(): Dashboard {
  return {
    uid: 'workshop-checkout',
    title: 'Workshop Checkout',
    description: 'Sales, checkout, webhooks and rollout. Its alarms are in ops/alerts.yml.',
    tags: ['workshop-checkout'],
    schemaVersion: defaultDashboard.schemaVersion ?? 42,
    editable: true,
    graphTooltip: DashboardCursorSync.Crosshair,
    timezone: 'browser',
    time: { from: 'now-6h', to: 'now' },
    refresh: '30s',
    templating: {
      list: [
        {
          name: 'datasource',
          label: 'Prometheus',
          type: 'datasource',
          query: 'prometheus',
          regex: '',
          includeAll: false,
          multi: false,
          options: [],
          current: { text: '', value: '' },
        },
      ],
    },
    panels: panels(),
  }
}
