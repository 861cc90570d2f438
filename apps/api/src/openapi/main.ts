import { writeFileSync } from 'node:fs';
import { makeOpenApi } from './make-openapi';
import { OPENAPI_FILE } from './openapi-file';
import { readRecordedAnswers } from './recorded-answers';

// Writes the committed document anew, or where it is told to: `npm run gen:openapi`.
const path = process.argv[2] ?? OPENAPI_FILE;
writeFileSync(path, `${JSON.stringify(makeOpenApi(readRecordedAnswers()), null, 2)}\n`);
