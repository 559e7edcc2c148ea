// A forecast, a prediction and a journey for tests: every field plausible, any of them replaceable.
import type { Forecast, Journey, JourneySummary, Prediction, StepHealth } from "../api/forecastTypes";

export const T0_MS = Date.UTC(2026, 10, 24, 13, 0);
const STEP_MS = 900_000;
const endpoint = { id: "00000000000000aa", service: "payments", method: "POST", route: "/payments" };

export function forecast(fields: Partial<Forecast> = {}): Forecast {
  const expected = [200, 210, 220, 230];
  const around = (size: number) => ({
    lower: expected.map((value) => value - size),
    upper: expected.map((value) => value + size),
  });
  const [half, most, nearly] = [around(15), around(30), around(50)] as const;
  return {
    measure: "latency_ms_p95",
    horizon_s: 3600,
    step_ms: STEP_MS,
    history_t0_ms: T0_MS - 8 * STEP_MS,
    history: [180, 190, null, 200, 205, 200, 195, 200],
    t0_ms: T0_MS,
    expected,
    lower_50: half.lower,
    upper_50: half.upper,
    lower_80: most.lower,
    upper_80: most.upper,
    lower_95: nearly.lower,
    upper_95: [...nearly.upper.slice(0, 3), 320],
    method: "ensemble",
    models: [{ model: "seasonal autoregression", weight: 1 }],
    seasons: { daily: 0.6, weekly: 0.2 },
    trust: "good",
    reason: "Its 95 % band held 94 % of 672 values.",
    history_days: 14,
    backtest: null,
    record: null,
    limit: { value: 270, is: "above", for_s: 600, source: "usual", objective_id: null },
    ...fields,
  };
}

export function prediction(fields: Partial<Prediction> = {}): Prediction {
  const made = forecast();
  return {
    id: "p1",
    scope: { service: "payments", endpoint, environment: "aws/production/eu-west-1", dataset: "live" },
    measure: made.measure,
    limit: made.limit!,
    sentence: "p95 of POST /payments crosses 270 ms",
    probability: 0.82,
    probability_if_it_goes_on: null,
    horizon_s: 3600,
    is_beyond: false,
    crossing_ms: T0_MS + 9 * 60_000,
    crossing_early_ms: T0_MS + 2 * 60_000,
    t0_ms: made.t0_ms,
    step_ms: made.step_ms,
    probability_by_step: [0.2, 0.6, 0.8, 0.82],
    value: 200,
    history: made.history,
    expected: made.expected,
    lower_80: made.lower_80,
    upper_80: made.upper_80,
    requests_at_risk: 1240,
    journeys: [{ id: "checkout", name: "Checkout" }],
    trust: "good",
    backtest: null,
    record: null,
    ...fields,
  };
}

export function journey(fields: Partial<Journey> = {}): Journey {
  const step = { environment: null, weight: 1, is_optional: false, latency_ms_max: null };
  return {
    id: "checkout",
    name: "Checkout",
    steps: [
      { service: "gateway", method: "GET", route: "/cart", ...step },
      { service: "payments", method: "POST", route: "/payments", ...step },
    ],
    success_target: null,
    latency_ms_max: null,
    ...fields,
  };
}

export function stepHealth(fields: Partial<StepHealth> = {}): StepHealth {
  return {
    endpoint,
    environments: ["aws/production/eu-west-1"],
    requests: 400,
    success: 0.98,
    success_lower: 0.96,
    success_upper: 0.99,
    success_usual: 0.99,
    contribution: 0,
    latency_ms_p50: 80,
    latency_ms_p95: 210,
    sessions: 200,
    sessions_continued: 150,
    sessions_failed: 4,
    is_optional: false,
    ...fields,
  };
}

export function journeySummary(fields: Partial<JourneySummary> = {}): JourneySummary {
  return {
    journey: journey(),
    source: "ui",
    updated_ms: 0,
    updated_by: "Ada",
    health: {
      state: "degraded",
      sentence: "97.1 % of checkouts succeed, usually 99 %",
      success: 0.971,
      success_lower: 0.962,
      success_upper: 0.978,
      success_usual: 0.99,
      latency_ms_p50: 160,
      latency_ms_p95: 420,
      sessions: 200,
      sessions_completed: 150,
      weakest_step: 1,
      steps: [stepHealth(), stepHealth({ contribution: 1 })],
    },
    outlook: null,
    ...fields,
  };
}
