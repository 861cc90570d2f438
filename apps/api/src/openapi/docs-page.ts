interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content: Record<string, Content> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, Content> }
  >;
}

interface Content {
  readonly examples?: Record<string, { readonly value: unknown }>;
}

const STYLE = `body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#222}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:#f5f5f5;padding:.6rem;overflow:auto}
summary{cursor:pointer;padding:.25rem 0}b{display:inline-block;min-width:4rem}table{border-collapse:collapse}
td{padding:.1rem .8rem .1rem 0;vertical-align:top}
@media (prefers-color-scheme:dark){body{background:#1b1b1b;color:#ddd}pre{background:#262626}a{color:#8ab4f8}}`;

/** The OpenAPI document as one static page: no script, nothing loaded from elsewhere. */
export function docsPage(document: Record<string, unknown>): string {
  const paths = document['paths'] as Record<string, Record<string, Operation>>;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    const details = own.map(({ path, method, operation }) => section(path, method, operation));
    return `<h2>${escape(tag)}</h2>${details.join('')}`;
  });
  const intro = (document['info'] as { description: string }).description;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Amends API</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style>
<h1>Amends API</h1><pre>${escape(intro)}</pre><p><a href="/openapi.json">openapi.json</a></p>
${sections.join('\n')}</html>`;
}

function section(path: string, method: string, operation: Operation): string {
  const parameters = operation.parameters.map(
    (p) =>
      `<tr><td><code>${escape(p.name)}</code><td>${escape(p.in)}<td>${escape(p.description ?? '')}`,
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, content]) =>
    examples(`Request: ${type}`, content),
  );
  const answers = Object.entries(operation.responses).map(
    ([status, answer]) =>
      `<tr><td><code>${status}</code><td>${escape(answer.description)}` +
      Object.values(answer.content ?? {})
        .map((content) => examples('', content))
        .join(''),
  );
  return `<details id="${operation.operationId}"><summary><b>${method.toUpperCase()}</b>
<code>${escape(path)}</code> ${escape(operation.summary)}</summary>
<p>${escape(operation.description)}</p><table>${parameters.join('')}</table>
${bodies.join('')}<table>${answers.join('')}</table></details>`;
}

function examples(title: string, { examples: all = {} }: Content): string {
  return Object.entries(all)
    .map(
      ([name, { value }]) =>
        `<details><summary>${escape(title)} <i>${escape(name)}</i></summary>
<pre>${escape(typeof value === 'string' ? value : JSON.stringify(value, null, 2))}</pre></details>`,
    )
    .join('');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
