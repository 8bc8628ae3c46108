import type {
  Attributes,
  BatchObservableCallback,
  BatchObservableResult,
  Context,
  Counter,
  Gauge,
  Histogram,
  Meter,
  MeterOptions,
  MeterProvider,
  MetricOptions,
  Observable,
  ObservableCallback,
  UpDownCounter,
} from '@opentelemetry/api'

/**
 * Stands in for the meter provider until there is one. The API has such a proxy for tracers and loggers, none for
 * meters: a counter that a module creates while it is loaded, before set-up, would stay deaf for ever.
 * What is recorded before set-up is dropped, as the API's own proxies do.
 */
export class ProxyMeterProvider implements MeterProvider {
  #delegate: MeterProvider | undefined
  readonly #meters = new Map<string, ProxyMeter>()

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    const key = JSON.stringify([name, version, options?.schemaUrl])
    const known = this.#meters.get(key)
    if (known !== undefined) return known
    if (this.#delegate !== undefined) return this.#delegate.getMeter(name, version, options)
    const meter = new ProxyMeter(provider => provider.getMeter(name, version, options))
    this.#meters.set(key, meter)
    return meter
  }

  /** From now on everything that was asked for before is real. Takes the first provider only. */
  setDelegate(provider: MeterProvider): void {
    if (this.#delegate !== undefined) return
    this.#delegate = provider
    for (const meter of this.#meters.values()) meter.bind(provider)
  }
}

type SyncInstrument = Counter & UpDownCounter & Histogram & Gauge

class ProxyMeter implements Meter {
  readonly #find: (provider: MeterProvider) => Meter
  #real: Meter | undefined
  readonly #waiting: ((meter: Meter) => void)[] = []
  /** One for each callback, however often that is given: by it the SDK knows what to remove. */
  readonly #batches = new WeakMap<BatchObservableCallback, BatchObservableCallback>()

  constructor(find: (provider: MeterProvider) => Meter) {
    this.#find = find
  }

  bind(provider: MeterProvider): void {
    const real = this.#find(provider)
    this.#real = real
    for (const act of this.#waiting.splice(0)) act(real)
  }

  createCounter(name: string, options?: MetricOptions): Counter {
    return this.#sync(meter => meter.createCounter(name, options) as SyncInstrument)
  }
  createUpDownCounter(name: string, options?: MetricOptions): UpDownCounter {
    return this.#sync(meter => meter.createUpDownCounter(name, options) as SyncInstrument)
  }
  createHistogram(name: string, options?: MetricOptions): Histogram {
    return this.#sync(meter => meter.createHistogram(name, options) as SyncInstrument)
  }
  createGauge(name: string, options?: MetricOptions): Gauge {
    return this.#sync(meter => meter.createGauge(name, options) as SyncInstrument)
  }
  createObservableGauge(name: string, options?: MetricOptions): Observable {
    return this.#observable(meter => meter.createObservableGauge(name, options))
  }
  createObservableCounter(name: string, options?: MetricOptions): Observable {
    return this.#observable(meter => meter.createObservableCounter(name, options))
  }
  createObservableUpDownCounter(name: string, options?: MetricOptions): Observable {
    return this.#observable(meter => meter.createObservableUpDownCounter(name, options))
  }

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const translated = this.#batches.get(callback) ?? (result => callback(new TranslatedResult(result)))
    this.#batches.set(callback, translated)
    this.#soon(meter => meter.addBatchObservableCallback(translated, observables.map(realOf)))
  }
  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const translated = this.#batches.get(callback) ?? callback
    this.#soon(meter => meter.removeBatchObservableCallback(translated, observables.map(realOf)))
  }

  #sync(create: (meter: Meter) => SyncInstrument): SyncInstrument {
    if (this.#real !== undefined) return create(this.#real)
    const instrument = new ProxyInstrument()
    this.#waiting.push(meter => (instrument.real = create(meter)))
    return instrument
  }

  #observable(create: (meter: Meter) => Observable): Observable {
    if (this.#real !== undefined) return create(this.#real)
    const observable = new ProxyObservable()
    this.#waiting.push(meter => observable.bind(create(meter)))
    return observable
  }

  #soon(act: (meter: Meter) => void): void {
    if (this.#real === undefined) this.#waiting.push(act)
    else act(this.#real)
  }
}

class ProxyInstrument implements SyncInstrument {
  real: SyncInstrument | undefined
  add(value: number, attributes?: Attributes, context?: Context): void {
    this.real?.add(value, attributes, context)
  }
  record(value: number, attributes?: Attributes, context?: Context): void {
    this.real?.record(value, attributes, context)
  }
}

class ProxyObservable implements Observable {
  real: Observable | undefined
  readonly #callbacks = new Set<ObservableCallback>()

  bind(real: Observable): void {
    this.real = real
    for (const callback of this.#callbacks) real.addCallback(callback)
  }
  addCallback(callback: ObservableCallback): void {
    if (this.real === undefined) this.#callbacks.add(callback)
    else this.real.addCallback(callback)
  }
  removeCallback(callback: ObservableCallback): void {
    if (this.real === undefined) this.#callbacks.delete(callback)
    else this.real.removeCallback(callback)
  }
}

/** The SDK knows its own observables only, the callback of an app names the ones that it was given. */
class TranslatedResult implements BatchObservableResult {
  readonly #result: BatchObservableResult
  constructor(result: BatchObservableResult) {
    this.#result = result
  }
  observe(metric: Observable, value: number, attributes?: Attributes): void {
    this.#result.observe(realOf(metric), value, attributes)
  }
}

function realOf(observable: Observable): Observable {
  return observable instanceof ProxyObservable ? (observable.real ?? observable) : observable
}
