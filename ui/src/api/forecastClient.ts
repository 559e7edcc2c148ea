// The calls of forecasting and journeys. Owns their paths; transport and errors are client.ts.
import { actorName } from "../parts/actor";
import { http, read, type Answer } from "./client";
import type { Journey, Objective, ProposalAnswer, StoredObjective } from "./forecastTypes";
import type { paths } from "./schema";

type Path =
  | "/api/v1/forecast"
  | "/api/v1/predictions"
  | "/api/v1/forecast-reliability"
  | "/api/v1/capacity"
  | "/api/v1/journeys"
  | "/api/v1/journey-impacts";
type Query<Of extends Path> = NonNullable<paths[Of]["get"]["parameters"]["query"]>;

/** Who does it, for the audit log. */
const by = () => ({ actor: actorName() ?? undefined });

/** An answer without content is one, too. */
const done = async (request: Promise<Answer<unknown>>): Promise<void> => {
  await read(request.then((answer) => (answer.response.ok ? { ...answer, data: answer.data ?? null } : answer)));
};

export const fetchForecast = (query: Query<"/api/v1/forecast">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/forecast", { params: { query }, signal }));

export const fetchPredictions = (query: Query<"/api/v1/predictions">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/predictions", { params: { query }, signal }));

export const fetchReliability = (query: Query<"/api/v1/forecast-reliability">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/forecast-reliability", { params: { query }, signal }));

export const fetchCapacity = (query: Query<"/api/v1/capacity">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/capacity", { params: { query }, signal }));

export const fetchObjectives = (signal?: AbortSignal) =>
  read(http.GET("/api/v1/objectives", { signal })) as Promise<unknown> as Promise<{ items: StoredObjective[] }>;

export const saveObjective = (objective: Objective) =>
  done(
    http.PUT("/api/v1/objectives/{id}", {
      params: { path: { id: objective.id }, query: by() },
      body: objective as never,
    }),
  );

export const removeObjective = (id: string) =>
  done(http.DELETE("/api/v1/objectives/{id}", { params: { path: { id }, query: by() } }));

export const fetchJourneys = (query: Query<"/api/v1/journeys">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/journeys", { params: { query }, signal }));

export const fetchJourney = (id: string, query: Query<"/api/v1/journeys">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/journeys/{id}", { params: { path: { id }, query }, signal }));

export const saveJourney = (journey: Journey) =>
  done(http.PUT("/api/v1/journeys/{id}", { params: { path: { id: journey.id }, query: by() }, body: journey }));

export const removeJourney = (id: string) =>
  done(http.DELETE("/api/v1/journeys/{id}", { params: { path: { id }, query: by() } }));

export const checkJourney = (journey: Journey, signal?: AbortSignal) =>
  read(http.POST("/api/v1/journeys/check", { body: journey, signal }));

export const fetchProposals = (signal?: AbortSignal) => read(http.GET("/api/v1/journey-proposals", { signal }));

export const answerProposal = (id: string, answer: ProposalAnswer) =>
  done(http.POST("/api/v1/journey-proposals/{id}", { params: { path: { id }, query: by() }, body: answer }));

export const fetchImpacts = (query: Query<"/api/v1/journey-impacts">, signal?: AbortSignal) =>
  read(http.GET("/api/v1/journey-impacts", { params: { query }, signal }));
