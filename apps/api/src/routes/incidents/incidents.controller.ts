import {
  Conditions,
  Database,
  DismissIncident,
  INCIDENT_LIST,
  notFound,
  oneRow,
  readPage,
  type IncidentListRow,
} from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { withCurrentTag } from '../../http/with-current-tag';
import { keyTexts } from '../shared/key-texts';
import { addLabelConditions } from '../shared/label-conditions';
import { revisionOf } from '../shared/revision-of';
import { incidentTag, incidentViewOf } from './incident-view';
import { dismissIncident, getIncident, listIncidents } from './incidents.routes';

@Controller()
export class IncidentsController {
  constructor(
    private readonly database: Database,
    private readonly dismissIncident: DismissIncident,
  ) {}

  @Serve(listIncidents)
  async list(call: CallOf<typeof listIncidents>): Promise<Reply> {
    const { rule, customer_id, state, key, q, from, to } = call.query;
    const conditions = new Conditions()
      .anyOf('i.rule_id', rule)
      .anyOf('i.customer_id', customer_id)
      .anyOf('i.state', state)
      .anyOf('i.key', key?.flatMap(keyTexts))
      .startsWith('i.id', q)
      .within('i.event_time', from, to);
    addLabelConditions(conditions, call.labels, {
      ruleId: 'i.rule_id',
      version: 'i.rule_version',
    });
    const request = pageRequest(call);
    const page = await readPage<IncidentListRow>(this.database, INCIDENT_LIST, conditions, request);
    return pageReply(call, page, incidentViewOf);
  }

  @Serve(getIncident)
  async get(call: CallOf<typeof getIncident>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(dismissIncident)
  async dismiss(call: CallOf<typeof dismissIncident>): Promise<Reply> {
    const { id } = call.params;
    const read = () => this.read(id);
    await withCurrentTag(read, async () => {
      const revision = revisionOf(call.precondition, 'r');
      return this.dismissIncident.execute(call, { id, revision, reason: call.body.reason });
    });
    return read();
  }

  private async read(id: string): Promise<Reply> {
    const { select, from } = INCIDENT_LIST;
    const row = await oneRow<IncidentListRow>(
      this.database,
      `select ${select} from ${from} where i.id = $1`,
      [id],
    );
    if (row === undefined) throw notFound();
    return ok(incidentViewOf(row), incidentTag(row));
  }
}
