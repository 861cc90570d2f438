import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PublishedDocuments, type PublishedDocument } from '../routes/system/published-documents';
import { docsPage } from './docs-page';
import { OPENAPI_FILE } from './openapi-file';

/** Reads and renders, once, what the service publishes about itself. */
export function publishDocuments(ruleSchema: unknown): PublishedDocuments {
  const openApi = readFileSync(OPENAPI_FILE, 'utf8');
  const page = docsPage(JSON.parse(openApi) as Record<string, unknown>);
  return new PublishedDocuments(
    publish(openApi, 'application/json; charset=utf-8'),
    publish(page, 'text/html; charset=utf-8'),
    publish(JSON.stringify(ruleSchema, null, 2), 'application/schema+json; charset=utf-8'),
  );
}

function publish(content: string, type: string): PublishedDocument {
  const etag = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return { content, type, etag };
}
