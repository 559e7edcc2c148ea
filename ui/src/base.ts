// Where the UI is mounted. Owns the answer to "which path is the root", so that any sub-path works.

// The bundle lies in <base>/assets/; the development server serves sources from the root.
const bundle = import.meta.url;
export const basePath: string = import.meta.env.DEV ? "/" : new URL("..", bundle).pathname;

export function apiUrl(path: string): string {
  return `${basePath}api/v1${path}`;
}
