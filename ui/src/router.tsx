// The routes. Owns which path shows which page; pages other than the overview load when first visited.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link } from "@tanstack/react-router";
import { basePath } from "./base";
import { OverviewPage } from "./pages/overview/OverviewPage";
import { cleanSearch, parseSearch, writeSearch, type Search } from "./scope/codec";
import { PageHeader } from "./shell/PageHeader";
import { Shell } from "./shell/Shell";

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>): Search => cleanSearch(search as Search),
});

const routes = [
  createRoute({ getParentRoute: () => rootRoute, path: "/", component: OverviewPage }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/endpoints",
    component: lazyRouteComponent(() => import("./pages/endpoints/EndpointsPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/endpoints/$id",
    component: lazyRouteComponent(() => import("./pages/endpoint/EndpointPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/environments",
    component: lazyRouteComponent(() => import("./pages/environments/EnvironmentsPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/incidents",
    component: lazyRouteComponent(() => import("./pages/incidents/IncidentsPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/incidents/$id",
    component: lazyRouteComponent(() => import("./pages/incident/IncidentPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/anomalies",
    component: lazyRouteComponent(() => import("./pages/anomalies/AnomaliesPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/anomalies/$id",
    component: lazyRouteComponent(() => import("./pages/anomaly/AnomalyPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/deployments",
    component: lazyRouteComponent(() => import("./pages/deployments/DeploymentsPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/predictions",
    component: lazyRouteComponent(() => import("./pages/predictions/PredictionsPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/journeys",
    component: lazyRouteComponent(() => import("./pages/journeys/JourneysPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/journeys/$id",
    component: lazyRouteComponent(() => import("./pages/journey/JourneyPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/alerts",
    component: lazyRouteComponent(() => import("./pages/alerts/AlertsPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/alerts/$id",
    component: lazyRouteComponent(() => import("./pages/alert/AlertPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/settings",
    component: lazyRouteComponent(() => import("./pages/settings/SettingsPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/live",
    component: lazyRouteComponent(() => import("./pages/live/LivePage")),
  }),
];

export const router = createRouter({
  routeTree: rootRoute.addChildren(routes),
  basepath: basePath,
  parseSearch: (query) => parseSearch(query),
  stringifySearch: (search) => writeSearch(search),
  search: { strict: true },
  defaultPreload: "intent",
  scrollRestoration: true,
});

function NotFound() {
  return (
    <>
      <PageHeader title="Not found" documentTitle="Not found" />
      <div className="p-8 text-center">
        <p className="mb-2 text-muted">There is no page at this address.</p>
        <Link to="/" className="text-accent underline">
          Go to the overview
        </Link>
      </div>
    </>
  );
}
