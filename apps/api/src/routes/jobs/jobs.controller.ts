import { CancelJob, Database, entityTag, notFound, oneRow } from '@amends/application';
import { Controller } from '@nestjs/common';
import { ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { cancelJob, getJob } from './jobs.routes';

interface JobRow {
  readonly id: string;
  readonly action: string;
  readonly about: string;
  readonly state: string;
  readonly total: number;
  readonly done: number;
  readonly note: string | null;
  readonly created_by: string;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly cancelled_by: string | null;
  readonly revision: number;
}

@Controller()
export class JobsController {
  constructor(
    private readonly database: Database,
    private readonly cancelling: CancelJob,
  ) {}

  @Serve(getJob)
  async get(call: CallOf<typeof getJob>): Promise<Reply> {
    const row = await oneRow<JobRow>(
      this.database,
      `select id, action, about, state, total, done, note, created_by, created_at, ended_at,
         cancelled_by, revision from job where id = $1`,
      [call.params.id],
    );
    if (row === undefined) throw notFound();
    const { revision, ...view } = row;
    return ok(view, entityTag(`j${String(revision)}`));
  }

  @Serve(cancelJob)
  async cancel(call: CallOf<typeof cancelJob>): Promise<Reply> {
    await this.cancelling.execute(call.params.id, call);
    return { status: 204 };
  }
}
