import { ROUTES } from '../routes';

interface Pattern {
  readonly path: RegExp;
  readonly method: string;
}

const PATTERNS: readonly Pattern[] = ROUTES.map(({ path, method }) => ({
  path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
  method,
}));

/** The methods that a path knows; empty when there is no such path. */
export function allowedMethods(path: string): readonly string[] {
  const methods = PATTERNS.filter((pattern) => pattern.path.test(path)).map(({ method }) => method);
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}
