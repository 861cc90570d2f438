import { join } from 'node:path';

/** The committed document, beside the code in the sources and in the build. */
export const OPENAPI_FILE = join(__dirname, '..', '..', 'openapi.json');
