import {
  API_KEY_COLUMNS,
  ApiKeys,
  Authenticate,
  Conditions,
  Database,
  entityTag,
  readPage,
  type ApiKey,
} from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { created, ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { createApiKey, getApiKey, listApiKeys, revokeApiKey } from './api-keys.routes';

const LIST = {
  select: API_KEY_COLUMNS,
  from: 'api_key',
  sortBy: { expression: 'created_at', type: 'timestamptz' },
  tieBy: { expression: 'id', type: 'text' },
} as const;

@Controller()
export class ApiKeysController {
  constructor(
    private readonly database: Database,
    private readonly apiKeys: ApiKeys,
    private readonly authenticate: Authenticate,
  ) {}

  @Serve(listApiKeys)
  async list(call: CallOf<typeof listApiKeys>): Promise<Reply> {
    const conditions = new Conditions()
      .anyOf('role', call.query.role)
      .startsWith('id', call.query.q);
    const page = await readPage<ApiKey>(this.database, LIST, conditions, pageRequest(call));
    return pageReply(call, page, (key) => ({
      ...view(key, call.nowMs),
      last_used_at: key.last_used_at,
    }));
  }

  @Serve(getApiKey)
  async get(call: CallOf<typeof getApiKey>): Promise<Reply> {
    const body = view(await this.apiKeys.find(call.params.id), call.nowMs);
    return ok(body, entityTag('k1', body));
  }

  @Serve(createApiKey)
  async create(call: CallOf<typeof createApiKey>): Promise<Reply> {
    const { name, role, expires_at: expiresAtMs } = call.body;
    const input = { name, role, expiresAtMs: expiresAtMs ?? undefined };
    const { key, token } = await this.apiKeys.create(input, call, call.nowMs);
    this.authenticate.forget();
    const body = { ...view(key, call.nowMs), secret: token };
    return created(`/v1/api-keys/${key.id}`, body);
  }

  @Serve(revokeApiKey)
  async revoke(call: CallOf<typeof revokeApiKey>): Promise<Reply> {
    await this.apiKeys.revoke(call.params.id, call);
    this.authenticate.forget();
    return { status: 204 };
  }
}

/** What changes with every request (`last_used_at`) is left out: the tag would never match. */
function view(key: ApiKey, nowMs: number) {
  const isExpired = key.expires_at !== null && key.expires_at.getTime() <= nowMs;
  return {
    id: key.id,
    prefix: key.prefix,
    name: key.name,
    role: key.role,
    state: key.revoked_at !== null ? 'revoked' : isExpired ? 'expired' : 'active',
    created_by: key.created_by,
    created_at: key.created_at,
    expires_at: key.expires_at,
    revoked_at: key.revoked_at,
  };
}
