import { Conditions, Database, readPage, type ListSource } from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import type { Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { listNotices } from './notices.routes';

interface NoticeRow {
  readonly id: string;
  readonly kind: string;
  readonly about: string;
  readonly detail: unknown;
  readonly created_at: Date;
}

const LIST: ListSource = {
  select: 'id, kind, about, detail, created_at',
  from: 'notice',
  sortBy: { expression: 'created_at', type: 'timestamptz' },
  tieBy: { expression: 'id', type: 'text' },
};

@Controller()
export class NoticesController {
  constructor(private readonly database: Database) {}

  @Serve(listNotices)
  async list(call: CallOf<typeof listNotices>): Promise<Reply> {
    const { kind, about, from, to } = call.query;
    const conditions = new Conditions()
      .anyOf('kind', kind)
      .anyOf('about', about)
      .within('created_at', from, to);
    const page = await readPage<NoticeRow>(this.database, LIST, conditions, pageRequest(call));
    return pageReply(call, page, ({ created_at: at, ...row }) => ({ ...row, at }));
  }
}
