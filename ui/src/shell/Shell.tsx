// The frame around every page: sidebar, drawer, overlays and the stream that the whole app shares.
import { Outlet } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { liveStream, useStreamListener } from "../live/useLive";
import { useAlertStream } from "../alerting/useAlertStream";
import { useAnomalyStream } from "../detection/useAnomalyStream";
import { useIncidentStream } from "../incidents/useIncidentStream";
import { PanelBoundary } from "../parts/states";
import { Toaster } from "../parts/Toaster";
import { isLive } from "../scope/codec";
import { filterParameters } from "../scope/filters";
import { useScope } from "../scope/useScope";
import { StaleBanner } from "./ConnectionState";
import { DemoDialogHost } from "./DemoControl";
import { DrawerContext } from "./drawer";
import { useOverlay } from "./palette";
import { Sidebar } from "./Sidebar";
import { useShortcuts } from "./useShortcuts";

const Palette = lazy(() => import("./Palette"));
const ShortcutHelp = lazy(() => import("./ShortcutHelp"));
const NavigationDrawer = lazy(() => import("./NavigationDrawer"));

export function Shell() {
  const [drawer, setDrawer] = useState(false);
  const overlay = useOverlay();
  useSharedStream();
  useShortcuts();
  const { live } = useScope();
  const anomaly = useAnomalyStream(live);
  const alert = useAlertStream(live);
  const incident = useIncidentStream(live);
  return (
    <DrawerContext value={() => setDrawer(true)}>
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1.5 text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="flex min-h-dvh">
        <aside
          aria-label="Hawkeye"
          className="sticky top-0 h-dvh w-52 shrink-0 border-r border-line max-rail:w-14 max-md:hidden"
        >
          <Sidebar />
        </aside>
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <StaleBanner />
          <PanelBoundary what="This page">
            <Outlet />
          </PanelBoundary>
        </main>
      </div>
      <p className="sr-only" aria-live="polite" data-spoken>
        {anomaly}
      </p>
      <p className="sr-only" aria-live="polite" data-spoken-alert>
        {alert}
      </p>
      <p className="sr-only" aria-live="polite" data-spoken-incident>
        {incident}
      </p>
      <Toaster />
      <DemoDialogHost />
      <Suspense fallback={null}>
        {overlay === "palette" && <Palette />}
        {overlay === "help" && <ShortcutHelp />}
        {drawer && <NavigationDrawer onClose={() => setDrawer(false)} />}
      </Suspense>
    </DrawerContext>
  );
}

/** Keeps the connection state and the demo state fresh on pages that follow no series of their own. */
function useSharedStream(): void {
  const scope = useScope();
  const queries = useQueryClient();
  const live = isLive(scope);
  useEffect(() => liveStream.setWanted(live), [live]);
  useStreamListener(
    {
      topics: ["demo", "rollups"],
      parameters: { ...filterParameters(scope), step: "10s", group_by: "none" },
      onDemo: (demo) => {
        const before = queries.getQueryData<{ state: string }>(["demo"])?.state;
        queries.setQueryData(["demo"], demo);
        if (before !== demo.state) void queries.invalidateQueries();
      },
      onGap: () => void queries.invalidateQueries(),
    },
    live,
  );
}
