// What the demo dialog offers. Owns the words for the server's scenario names.

export const DEMO_SCENARIOS: [string, string][] = [
  ["all", "All of them, one after another"],
  ["healthy", "Healthy, nothing happens"],
  ["latency_spike", "Latency spike"],
  ["slow_drift", "Slow drift"],
  ["error_burst", "Error burst"],
  ["traffic_drop", "Traffic drop"],
  ["pattern_change", "Changed usage pattern"],
  ["bad_deployment", "Bad deployment"],
  ["dependency_failure", "Dependency failure"],
  ["regional_outage", "Regional outage"],
];

export const DEMO_SPANS: [number, string][] = [
  [3600, "1 hour"],
  [21_600, "6 hours"],
  [86_400, "1 day"],
  [259_200, "3 days"],
  [604_800, "7 days"],
  [1_209_600, "14 days"],
  [2_592_000, "30 days"],
];

export const DEMO_RATES = [10, 20, 60, 120, 300];
