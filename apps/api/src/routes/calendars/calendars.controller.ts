import {
  Conditions,
  Database,
  notFound,
  readPage,
  VersionedDocuments,
  type VersionedDocument,
} from '@amends/application';
import type { CalendarDocument } from '@amends/domain';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { created, ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { requireSameId } from '../shared/require-same-id';
import { getCalendar, listCalendars, putCalendar } from './calendars.routes';

const LIST = {
  select: `d.id, v.version, v.document->>'title' as title,
    v.document->>'time_zone' as time_zone, v.created_at as updated_at`,
  from: `calendar d
    join calendar_version v on v.calendar_id = d.id and v.version = d.latest_version`,
  sortBy: { expression: 'd.created_at', type: 'timestamptz' },
  tieBy: { expression: 'd.id', type: 'text' },
} as const;

interface CalendarRow {
  readonly id: string;
  readonly version: number;
  readonly title: string | null;
  readonly time_zone: string;
  readonly updated_at: Date;
}

@Controller()
export class CalendarsController {
  private readonly calendars: VersionedDocuments<CalendarDocument>;

  constructor(private readonly database: Database) {
    this.calendars = new VersionedDocuments(database, 'calendar');
  }

  @Serve(listCalendars)
  async list(call: CallOf<typeof listCalendars>): Promise<Reply> {
    const conditions = new Conditions().startsWith('d.id', call.query.q);
    const page = await readPage<CalendarRow>(this.database, LIST, conditions, pageRequest(call));
    return pageReply(call, page, ({ id, version, title, time_zone, updated_at }) => ({
      id,
      version,
      title,
      time_zone,
      updated_at,
    }));
  }

  @Serve(getCalendar)
  async get(call: CallOf<typeof getCalendar>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(putCalendar)
  async put(call: CallOf<typeof putCalendar>): Promise<Reply> {
    const { id } = call.params;
    const { id: repeated, version: _, author: __, updated_at: ___, ...document } = call.body;
    requireSameId(id, repeated);
    const { isNew } = await this.calendars.put(
      id,
      document as CalendarDocument,
      call.precondition,
      call,
    );
    return this.read(id, isNew);
  }

  private async read(id: string, isNew = false): Promise<Reply> {
    const found = await this.calendars.find(id);
    if (found === undefined) throw notFound();
    const body = view(found);
    return isNew ? created(`/v1/calendars/${id}`, body, found.stem) : ok(body, found.stem);
  }
}

function view({ id, version, document, author, createdAt }: VersionedDocument<CalendarDocument>) {
  return { id, version, ...document, author, updated_at: createdAt };
}
