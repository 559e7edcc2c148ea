// Cached reads of forecasts and journeys. Owns keys and refresh rhythm: forecasts are made about once a minute.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { isLive, type Scope } from "../scope/codec";
import { filterParameters, readParameters } from "../scope/filters";
import * as client from "./forecastClient";
import type { ForecastMeasure, Journey } from "./forecastTypes";

const REFRESH_MS = 15_000;
const REFRESH_LONG_MS = 60_000;

/** Predictions, capacity and forecasts look ahead: the range of the page does not count. */
function placeParameters(scope: Scope) {
  const { env, endpoint, service, method, q } = filterParameters(scope);
  return { env, endpoint, service, method, q };
}

export interface PredictionFilters {
  measures: string[];
  horizon: string;
  limit?: number;
}

export function usePredictions(scope: Scope, { measures, horizon, limit = 100 }: PredictionFilters, enabled = true) {
  const parameters = {
    ...placeParameters(scope),
    measure: measures.length > 0 ? measures.join(",") : undefined,
    horizon,
    limit,
  };
  return useQuery({
    queryKey: ["predictions", parameters],
    queryFn: ({ signal }) => client.fetchPredictions(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
    enabled,
  });
}

export function useForecast(scope: Scope, measure: ForecastMeasure, horizon: string, enabled = true) {
  const parameters = { ...placeParameters(scope), measure, horizon };
  return useQuery({
    queryKey: ["forecast", parameters],
    queryFn: ({ signal }) => client.fetchForecast(parameters, signal),
    placeholderData: (previous, query) => {
      // Another horizon of the same line may stay until the new one is there; another line may not.
      const before = query?.queryKey[1] as typeof parameters | undefined;
      return before && JSON.stringify({ ...before, horizon }) === JSON.stringify(parameters) ? previous : undefined;
    },
    refetchInterval: REFRESH_LONG_MS,
    staleTime: REFRESH_MS,
    enabled,
  });
}

export function useReliability(scope: Scope) {
  const parameters = readParameters(scope);
  return useQuery({
    queryKey: ["forecast-reliability", parameters],
    queryFn: ({ signal }) => client.fetchReliability(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: isLive(scope) ? REFRESH_LONG_MS : false,
  });
}

export function useCapacity(scope: Scope, per: string) {
  const parameters = { ...placeParameters(scope), per, limit: 200 };
  return useQuery({
    queryKey: ["capacity", parameters],
    queryFn: ({ signal }) => client.fetchCapacity(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_LONG_MS,
  });
}

export function useObjectives(enabled = true) {
  return useQuery({
    queryKey: ["objectives"],
    queryFn: ({ signal }) => client.fetchObjectives(signal),
    refetchInterval: REFRESH_LONG_MS,
    enabled,
  });
}

export interface JourneyView {
  /** Health over so long. */
  window: string;
  horizon: string;
}

export const JOURNEY_VIEW: JourneyView = { window: "15m", horizon: "6h" };

export function useJourneys(env: string[], view: JourneyView = JOURNEY_VIEW, enabled = true) {
  const parameters = { env: env.length > 0 ? env.join(",") : undefined, ...view };
  return useQuery({
    queryKey: ["journeys", parameters],
    queryFn: ({ signal }) => client.fetchJourneys(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
    enabled,
  });
}

export function useJourney(id: string, scope: Scope, view: JourneyView = JOURNEY_VIEW) {
  const { from, to, env } = readParameters(scope);
  const parameters = { from, to, env, ...view };
  return useQuery({
    queryKey: ["journey", id, parameters],
    queryFn: ({ signal }) => client.fetchJourney(id, parameters, signal),
    placeholderData: (previous, query) => (query?.queryKey[1] === id ? previous : undefined),
    refetchInterval: isLive(scope) ? REFRESH_MS : false,
  });
}

export function useJourneyCheck(journey: Journey, enabled: boolean) {
  return useQuery({
    // The name and the id change nothing of what is looked at, but may be wrong.
    queryKey: ["journey-check", journey],
    queryFn: ({ signal }) => client.checkJourney(journey, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_LONG_MS,
    retry: false,
    enabled,
  });
}

export function useProposals(enabled = true) {
  return useQuery({
    queryKey: ["journey-proposals"],
    queryFn: ({ signal }) => client.fetchProposals(signal),
    refetchInterval: REFRESH_LONG_MS,
    enabled,
  });
}

export function useImpacts(endpoint: string | undefined, env: string[]) {
  const parameters = { endpoint: endpoint ?? "", env: env.length > 0 ? env.join(",") : undefined };
  return useQuery({
    queryKey: ["journey-impacts", parameters],
    queryFn: ({ signal }) => client.fetchImpacts(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_LONG_MS,
    enabled: endpoint !== undefined,
  });
}
