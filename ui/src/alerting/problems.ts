// What the server found wrong in a document, by its place: `route.routes[1].receiver`. Pure.
import type { FieldProblem } from "../api/client";

/** What is wrong exactly there. */
export function problemAt(problems: FieldProblem[], path: string): string | undefined {
  return problems.find((problem) => problem.path === path)?.message;
}

/** What is wrong there or deeper down. */
export function problemsBelow(problems: FieldProblem[], path: string): FieldProblem[] {
  return problems.filter(
    (problem) => problem.path === path || problem.path.startsWith(`${path}.`) || problem.path.startsWith(`${path}[`),
  );
}
