// Which columns a person has hidden, kept in the browser.
import { useState } from "react";

const STORAGE_KEY = "hawkeye.endpoint-columns-hidden";

export function useHiddenColumns(): [string[], (id: string) => void] {
  const [hidden, setHidden] = useState(stored);
  function toggle(id: string) {
    const next = hidden.includes(id) ? hidden.filter((item) => item !== id) : [...hidden, id];
    setHidden(next);
    try {
      localStorage.setItem(STORAGE_KEY, next.join(","));
    } catch {
      // Without storage the choice lasts until the page is left.
    }
  }
  return [hidden, toggle];
}

function stored(): string[] {
  try {
    return (localStorage.getItem(STORAGE_KEY) ?? "").split(",").filter(Boolean);
  } catch {
    return [];
  }
}
