// Opens the navigation drawer from a page's header. Owns the context between the two.
import { createContext, useContext } from "react";

export const DrawerContext = createContext<() => void>(() => {});

export function useDrawer(): () => void {
  return useContext(DrawerContext);
}
