type Labels = Readonly<Record<string, string>>

interface Family { name: string; help: string; type: 'counter' | 'gauge' | 'histogram'; lines(): string[] }

const escaped = (text: string): string => text.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))

const labelled = (labels: Labels): string => {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

/** A value that only grows, per combination of labels. */
export interface Counter { add(n: number, labels?: Labels): void; value(labels?: Labels): number }

/** Counts of measured values in buckets. */
export interface Histogram {
  observe(value: number): void
  /** The value that this part (0 to 1) of all were at most, as far as the buckets tell; undefined without any, the last bound beyond it. */
  quantile(part: number): number | undefined
}

/** What HQ says of itself to Prometheus, in the text exposition format 0.0.4. */
export interface Metrics {
  counter(name: string, help: string): Counter
  /** A counter that is kept elsewhere; `read` is called at every scrape. */
  total(name: string, help: string, read: () => number): void
  /** `read` is called at every scrape. */
  gauge(name: string, help: string, read: () => readonly { value: number; labels?: Labels }[]): void
  histogram(name: string, help: string, bounds: readonly number[]): Histogram
  text(): string
}

/** An empty set of metrics. Names follow Prometheus' conventions; a test holds them to it. */
export const metrics = (): Metrics => {
  const families: Family[] = []
  return {
    counter: (name, help) => {
      const values = new Map<string, number>()
      families.push({ name, help, type: 'counter', lines: () => [...values].map(([labels, n]) => `${name}${labels} ${n}`) })
      return {
        add: (n, labels = {}) => {
          const key = labelled(labels)
          values.set(key, (values.get(key) ?? 0) + n)
        },
        value: (labels = {}) => values.get(labelled(labels)) ?? 0,
      }
    },
    total: (name, help, read) => {
      families.push({ name, help, type: 'counter', lines: () => [`${name} ${read()}`] })
    },
    gauge: (name, help, read) => {
      families.push({ name, help, type: 'gauge', lines: () => read().map(({ value, labels }) => `${name}${labelled(labels ?? {})} ${value}`) })
    },
    histogram: (name, help, bounds) => {
      const counts = bounds.map(() => 0)
      let sum = 0
      let all = 0
      families.push({
        name,
        help,
        type: 'histogram',
        lines: () => [...bounds.map((le, i) => `${name}_bucket{le="${le}"} ${counts[i]}`), `${name}_bucket{le="+Inf"} ${all}`, `${name}_sum ${sum}`, `${name}_count ${all}`],
      })
      return {
        observe: (value) => {
          for (const [i, le] of bounds.entries()) {
            if (value <= le) counts[i] = (counts[i] ?? 0) + 1
          }
          sum += value
          all++
        },
        quantile: (part) => {
          if (all === 0) return undefined
          const i = counts.findIndex((n) => n >= part * all)
          const [to, below] = [bounds[i], counts[i - 1] ?? 0]
          if (to === undefined) return bounds.at(-1)
          const from = bounds[i - 1] ?? 0
          return from + ((to - from) * (part * all - below)) / Math.max(1, (counts[i] ?? 0) - below)
        },
      }
    },
    text: () => families.map((f) => [`# HELP ${f.name} ${f.help.replace(/[\\\n]/g, ' ')}`, `# TYPE ${f.name} ${f.type}`, ...f.lines()].join('\n')).join('\n').concat('\n'),
  }
}
