// A journey before it is sent: steps that keep their identity while they move, ids, what is missing. Pure.
import { moved } from "../../alerting/lists";
import { freeSlug } from "../../alerting/ruleSentence";
import type { FieldProblem } from "../../api/client";
import type { Journey, JourneyProposal, JourneyStep } from "../../api/forecastTypes";
import type { EndpointRef } from "../../api/types";

export interface DraftStep extends JourneyStep {
  /** Names the row for as long as the form is open. */
  key: number;
}

export interface Draft extends Omit<Journey, "steps"> {
  steps: DraftStep[];
}

export const STEPS_MAX = 20;

export const EMPTY_DRAFT: Draft = { id: "", name: "", steps: [], success_target: null, latency_ms_max: null };

export function draftOf(journey: Journey): Draft {
  return { ...journey, steps: journey.steps.map((step, key) => ({ ...step, key })) };
}

/** What the server takes. */
export function journeyOf({ steps, ...rest }: Draft): Journey {
  const plain = ({ service, method, route, environment, weight, is_optional, latency_ms_max }: DraftStep) => {
    return { service, method, route, environment, weight, is_optional, latency_ms_max };
  };
  return { ...rest, name: rest.name.trim(), steps: steps.map(plain) };
}

export function stepOf({ service, method, route }: EndpointRef): JourneyStep {
  return { service, method, route, environment: null, weight: 1, is_optional: false, latency_ms_max: null };
}

/** A journey as it was found, for somebody to look over. */
export function draftOfProposal(proposal: JourneyProposal): Draft {
  return { ...EMPTY_DRAFT, name: proposal.name, steps: proposal.steps.map((ref, key) => ({ ...stepOf(ref), key })) };
}

export function withStep(draft: Draft, endpoint: EndpointRef): Draft {
  const key = Math.max(-1, ...draft.steps.map((step) => step.key)) + 1;
  return { ...draft, steps: [...draft.steps, { ...stepOf(endpoint), key }] };
}

export function withMoved(draft: Draft, from: number, to: number): Draft {
  return { ...draft, steps: moved(draft.steps, from, to) };
}

export function withPart(draft: Draft, at: number, fields: Partial<JourneyStep>): Draft {
  return { ...draft, steps: draft.steps.map((step, index) => (index === at ? { ...step, ...fields } : step)) };
}

export function withoutStep(draft: Draft, at: number): Draft {
  return { ...draft, steps: draft.steps.toSpliced(at, 1) };
}

/** The id comes from the first name and is for good; `new` is the address of the empty form. */
export function idFor(name: string, taken: string[]): string {
  return freeSlug(name, [...taken, "new"], "journey");
}

/** What is missing before it can be sent, or null. */
export function missingInJourney(draft: Draft): string | null {
  if (draft.name.trim() === "") return "Give it a name.";
  if (draft.steps.length < 2) return "Add at least two steps.";
  if (draft.steps.length > STEPS_MAX) return `At most ${STEPS_MAX} steps.`;
  if (draft.steps.every((step) => step.is_optional)) return "At least one step must not be optional.";
  return null;
}

/** What is wrong with one step, wherever in it. */
export function problemsOfStep(problems: FieldProblem[], at: number): string[] {
  const place = `steps[${at}]`;
  return problems.filter(({ path }) => path === place || path.startsWith(`${place}.`)).map(({ message }) => message);
}

/** The field of a step that a form has, for its own message. */
export function problemAtStep(problems: FieldProblem[], at: number, field: string): string | undefined {
  return problems.find(({ path }) => path === `steps[${at}].${field}`)?.message;
}
