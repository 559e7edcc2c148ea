// Asks before a page or a part of it is left with something unsaved. Owns the question; the caller says what counts.
import { useBlocker } from "@tanstack/react-router";
import { ConfirmDialog } from "./ConfirmDialog";

interface Place {
  pathname: string;
  search: unknown;
}

interface LeaveGuardProps {
  /** "The rule has changes that are not saved." */
  text: string;
  isUnsaved: () => boolean;
  /** Whether the step leaves what is unsaved; else only another page does. */
  isLeft?: (current: Place, next: Place) => boolean;
}

export function LeaveGuard({ text, isUnsaved, isLeft = isOtherPage }: LeaveGuardProps) {
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => isUnsaved() && isLeft(current, next),
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  });
  if (leaving.status !== "blocked") return null;
  return (
    <ConfirmDialog
      title="Leave without saving?"
      button="Leave"
      onClose={() => leaving.reset()}
      onConfirm={() => leaving.proceed()}
    >
      <p>{text} Leaving forgets them.</p>
    </ConfirmDialog>
  );
}

function isOtherPage(current: Place, next: Place): boolean {
  return current.pathname !== next.pathname;
}
