import {
  Conditions,
  Database,
  notFound,
  previewFacts,
  readPage,
  readSettings,
  VersionedDocuments,
  type ListSource,
  type VersionedDocument,
} from '@amends/application';
import {
  compileTemplate,
  previewTemplate as preview,
  type TemplateDocument,
} from '@amends/channels';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { problem } from '../../http/problem-error';
import { created, ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { requireSameId } from '../shared/require-same-id';
import { sampleFacts } from './sample-facts';
import { getTemplate, listTemplates, previewTemplate, putTemplate } from './templates.routes';

const LIST: ListSource = {
  select: `d.id, v.version, v.document->>'title' as title,
    array(select jsonb_object_keys(v.document->'locales')) as locales, v.created_at as updated_at`,
  from: `template d
    join template_version v on v.template_id = d.id and v.version = d.latest_version`,
  sortBy: { expression: 'd.created_at', type: 'timestamptz' },
  tieBy: { expression: 'd.id', type: 'text' },
};

interface TemplateRow {
  readonly id: string;
  readonly version: number;
  readonly title: string | null;
  readonly locales: readonly string[];
  readonly updated_at: Date;
}

@Controller()
export class TemplatesController {
  private readonly templates: VersionedDocuments<TemplateDocument>;

  constructor(private readonly database: Database) {
    this.templates = new VersionedDocuments(database, 'template');
  }

  @Serve(listTemplates)
  async list(call: CallOf<typeof listTemplates>): Promise<Reply> {
    const conditions = new Conditions().startsWith('d.id', call.query.q);
    const page = await readPage<TemplateRow>(this.database, LIST, conditions, pageRequest(call));
    return pageReply(call, page, ({ id, version, title, locales, updated_at }) => ({
      id,
      version,
      title,
      locales,
      updated_at,
    }));
  }

  @Serve(getTemplate)
  async get(call: CallOf<typeof getTemplate>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(putTemplate)
  async put(call: CallOf<typeof putTemplate>): Promise<Reply> {
    const { id } = call.params;
    const { version: _, author: __, updated_at: ___, ...document } = call.body;
    if (typeof document['id'] === 'string') requireSameId(id, document['id']);
    const compiled = compileTemplate({ id, ...document });
    if (!compiled.ok) throw problem('invalid_template', { errors: compiled.problems });
    const { isNew } = await this.templates.put(id, compiled.document, call.precondition, call);
    return this.read(id, isNew);
  }

  @Serve(previewTemplate)
  async preview(call: CallOf<typeof previewTemplate>): Promise<Reply> {
    const { locale, channel, incident_id: incidentId } = call.body;
    const found = await this.templates.find(call.params.id);
    if (found === undefined) throw notFound();
    const { settings } = await readSettings(this.database);
    const wanted = locale ?? settings.default_locale;
    const facts =
      incidentId === undefined || incidentId === null
        ? sampleFacts(wanted)
        : await previewFacts(this.database, incidentId, wanted);
    const { missingVariables, ...words } = preview(found.document, channel, facts);
    return ok({ ...words, missing_variables: missingVariables });
  }

  private async read(id: string, isNew = false): Promise<Reply> {
    const found = await this.templates.find(id);
    if (found === undefined) throw notFound();
    const body = view(found);
    return isNew ? created(`/v1/templates/${id}`, body, found.stem) : ok(body, found.stem);
  }
}

function view({ id, version, document, author, createdAt }: VersionedDocument<TemplateDocument>) {
  const { id: _, ...rest } = document;
  return { id, version, ...rest, author, updated_at: createdAt };
}
