import {
  Conditions,
  Database,
  entityTag,
  readPage,
  requireNotErased,
  type ListSource,
} from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import type { Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { moneyView } from '../shared/money-view';
import { getWallet } from './wallets.routes';

interface PostingRow {
  readonly tx_id: string;
  readonly posted_at: Date;
  readonly kind: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly compensation_id: string | null;
}

const POSTINGS: ListSource = {
  select: 'e.tx_id, t.posted_at, t.kind, e.amount_minor, e.currency, t.compensation_id',
  from: 'ledger_entry e join ledger_tx t on t.id = e.tx_id',
  sortBy: { expression: 'e.id', type: 'bigint' },
  tieBy: { expression: 'e.id', type: 'bigint' },
};

@Controller()
export class WalletsController {
  constructor(private readonly database: Database) {}

  @Serve(getWallet)
  async get(call: CallOf<typeof getWallet>): Promise<Reply> {
    const { customer } = call.params;
    await requireNotErased(this.database, customer);
    const { rows } = await this.database.query<{ balance_minor: bigint; currency: string }>(
      `select balance_minor, currency from wallet_balance where customer_id = $1
       order by currency`,
      [customer],
    );
    const conditions = new Conditions().add('e.account = $?', `wallet:${customer}`);
    const request = pageRequest(call);
    const page = await readPage<PostingRow>(this.database, POSTINGS, conditions, request);
    const reply = pageReply(call, page, postingView);
    const { items, next_cursor } = reply.body as { items: unknown[]; next_cursor: string | null };
    const body = {
      customer_id: customer,
      balances: rows.map((row) => moneyView(row.balance_minor, row.currency)),
      postings: items,
      next_cursor,
    };
    return { ...reply, body, etag: entityTag('w1', body) };
  }
}

function postingView(row: PostingRow) {
  return {
    id: row.tx_id,
    at: row.posted_at,
    kind: row.kind,
    amount: moneyView(row.amount_minor, row.currency),
    compensation_id: row.compensation_id,
  };
}
