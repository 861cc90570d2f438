import type { GuardMutant } from '../guard-mutant';

const ACCESS = 'libs/application/src/access';
const OUTBOUND = 'libs/channels/src/outbound/outbound-guard.ts';
const OIDC = 'apps/api/src/oidc/oidc-tokens.ts';
const HTTP = 'apps/api/src/http';
const OIDC_SPEC = 'apps/api/test/oidc.int-spec.ts';
const OUTBOUND_SPEC = 'libs/channels/src/outbound/outbound-guard.int-spec.ts';
const KEYS = 'apps/api/test/api-keys.int-spec.ts';
const SESSION = 'apps/api/test/session.int-spec.ts';
const SESSIONS = `${ACCESS}/console-sessions.ts`;
const MATRIX = 'apps/api/test/authorisation.int-spec.ts';
const IDEMPOTENCY = 'apps/api/test/idempotency.int-spec.ts';
const CONVENTIONS = 'apps/api/test/conventions.int-spec.ts';
const FLOOD = 'apps/api/test/flood.int-spec.ts';

/** Who may come in, and where what we send may go. */
export const ACCESS_AND_EDGES: readonly GuardMutant[] = [
  {
    name: 'key-hash',
    without: 'comparing the secret of an API key',
    patches: [
      {
        file: `${ACCESS}/authenticate.ts`,
        find: 'one !== undefined && isSameHash(one.secret_hash, hash)',
        replace: 'one !== undefined && hash.length > 0',
      },
    ],
    spec: KEYS,
    test: 'a key whose secret is another one opens nothing',
  },
  {
    name: 'key-kept-as-hash',
    without: 'keeping only the hash of an API key',
    patches: [
      {
        file: `${ACCESS}/key-secret.ts`,
        find: "return createHash('sha256').update(token).digest();",
        replace: 'return Buffer.from(token);',
      },
    ],
    spec: KEYS,
    test: 'a key is kept as its hash alone',
  },
  {
    name: 'key-expired',
    without: 'the end of an API key',
    patches: [
      {
        file: `${ACCESS}/authenticate.ts`,
        find: 'if (row === undefined || (row.expires_at?.getTime() ?? Infinity) <= nowMs) return undefined;',
        replace: 'if (row === undefined) return undefined;',
      },
      {
        file: `${ACCESS}/authenticate.ts`,
        find: '\n         and (expires_at is null or expires_at > now())`',
        replace: '`',
      },
    ],
    spec: KEYS,
    test: 'a key that has come to its end opens nothing',
  },
  {
    name: 'key-revoked',
    without: 'the look whether an API key was revoked',
    patches: [
      {
        file: `${ACCESS}/authenticate.ts`,
        find: 'from api_key where revoked_at is null\n         and',
        replace: 'from api_key where true\n         and',
      },
    ],
    spec: KEYS,
    test: 'a revoked or expired key is closed out at once',
  },
  {
    name: 'key-revoked-at-once',
    without: 'reading the keys anew once one was revoked',
    patches: [
      {
        file: `${ACCESS}/authenticate.ts`,
        find: '    this.readAtMs = Number.NEGATIVE_INFINITY;\n    // What',
        replace: '    // What',
      },
    ],
    spec: KEYS,
    test: 'a revoked or expired key is closed out at once',
  },
  {
    name: 'key-last-admin',
    without: 'keeping the last Admin key',
    patches: [
      {
        file: `${ACCESS}/api-keys.ts`,
        find: "throw new Refusal('last_admin_key');",
        replace: '',
      },
    ],
    spec: KEYS,
    test: 'the last Admin key that works cannot be revoked',
  },
  {
    name: 'role',
    without: 'the roles that a route lets in',
    patches: [
      {
        file: `${HTTP}/access.guard.ts`,
        find: 'if (route.roles.includes(credential.actor.role)) return true;',
        replace: 'if (route.roles.length > 0) return true;',
      },
    ],
    spec: MATRIX,
    test: 'lets in who may, and nobody else',
  },
  {
    name: 'role-of-one-route',
    without: 'the role that lifts a hold: whoever reads may',
    patches: [
      {
        file: 'apps/api/src/routes/holds/holds.routes.ts',
        find: "summary: 'Lift a hold, and say what becomes of what it held',\n  roles: APPROVERS,",
        replace: "summary: 'Lift a hold, and say what becomes of what it held',\n  roles: READERS,",
      },
    ],
    spec: MATRIX,
    test: 'lets in who may, and nobody else',
  },
  {
    name: 'unknown-field',
    without: 'refusing what a body has not to say',
    patches: [
      {
        file: `${HTTP}/read-call.ts`,
        find: "if (parsed.success) return parsed.data;\n  throw problem('invalid_body', { errors: fieldErrors(parsed.error, input) });",
        replace:
          "if (parsed.success || parsed.error.issues.every(({ code }) => code === 'unrecognized_keys')) return parsed.data ?? input;\n  throw problem('invalid_body', { errors: fieldErrors(parsed.error, input) });",
      },
    ],
    spec: MATRIX,
    test: 'takes nothing that is not its to say',
  },
  {
    name: 'bearer-only',
    without: 'taking a key from the header alone',
    patches: [
      {
        file: `${HTTP}/access.guard.ts`,
        find: "return /^Bearer +(\\S{1,8000}) *$/i.exec(request.headers.authorization ?? '')?.[1];",
        replace:
          "return (/^Bearer +(\\S{1,8000}) *$/i.exec(request.headers.authorization ?? '') ?? /token=([^;& ]+)/.exec(`${request.url} ${request.headers.cookie ?? ''}`))?.[1];",
      },
    ],
    spec: 'apps/api/test/edge.int-spec.ts',
    test: 'a key in the address opens nothing: it would stand in logs and histories',
  },
  {
    name: 'session-csrf-token',
    without: 'the token that a change by a session brings',
    patches: [
      {
        file: `${HTTP}/own-pages.ts`,
        find: "if (!isSameHash(sent, Buffer.from(session.csrfToken))) throw csrf('X-CSRF-Token');",
        replace: "if (isSameHash(sent, Buffer.from('x'))) throw csrf('X-CSRF-Token');",
      },
    ],
    spec: SESSION,
    test: 'needs the token of this very session',
  },
  {
    name: 'session-origin',
    without: 'the look from which site a change by a session comes',
    patches: [
      {
        file: `${HTTP}/own-pages.ts`,
        find: "if (origin !== undefined && !this.isOurs(origin, request)) throw csrf('Origin');",
        replace: "if (origin === '' && !this.isOurs(origin, request)) throw csrf('Origin');",
      },
    ],
    spec: SESSION,
    test: 'is refused from another site, though it had the token',
  },
  {
    name: 'session-fetch-site',
    without: 'the look at what the browser says of the site',
    patches: [
      {
        file: `${HTTP}/own-pages.ts`,
        find: "if (site !== undefined && site !== 'same-origin') throw csrf('Sec-Fetch-Site');",
        replace: "if (site === '') throw csrf('Sec-Fetch-Site');",
      },
    ],
    spec: SESSION,
    test: 'is refused from another site, though it had the token',
  },
  {
    name: 'session-end',
    without: 'the end of a session',
    patches: [
      {
        file: SESSIONS,
        find: 's.ended_at is null and s.expires_at > now()',
        replace: 's.ended_at is null',
      },
    ],
    spec: SESSION,
    test: 'is over after eight hours, and swept up',
  },
  {
    name: 'session-signed-out',
    without: 'the look whether somebody has signed out',
    patches: [
      {
        file: SESSIONS,
        find: 's.ended_at is null and s.expires_at > now()',
        replace: 's.expires_at > now()',
      },
    ],
    spec: SESSION,
    test: 'that is ended is over, for everybody, and its cookie cleared',
  },
  {
    name: 'session-of-revoked-key',
    without: 'the look whether the key of a session was revoked',
    patches: [
      { file: SESSIONS, find: '(k.revoked_at is null and (', replace: '(k.id is not null and (' },
    ],
    spec: SESSION,
    test: 'is dead at once when its key is revoked',
  },
  {
    name: 'session-of-token',
    without: 'the end of the token that a session is made from',
    patches: [
      {
        file: SESSIONS,
        find: "least(now() + interval '8 hours', $5::timestamptz)",
        replace: "now() + interval '8 hours'",
      },
    ],
    spec: SESSION,
    test: 'of a person is that person, until their token ends',
  },
  {
    name: 'session-kept-as-hash',
    without: 'keeping only the hash of a session',
    patches: [
      {
        file: SESSIONS,
        find: '    const hash = hashOf(token);\n    const isKey',
        replace: "    const hash = Buffer.from(token, 'base64url');\n    const isKey",
      },
      {
        file: SESSIONS,
        find: '    const hash = hashOf(token);\n    const row',
        replace: "    const hash = Buffer.from(token, 'base64url');\n    const row",
      },
    ],
    spec: SESSION,
    test: 'never shows its secret in a log, the audit or the database',
  },
  {
    name: 'session-one-statement',
    without: 'reading sessions with one statement at a time',
    patches: [
      { file: SESSIONS, find: 'if (this.next === undefined) {', replace: 'if (hash.length > 0) {' },
    ],
    spec: SESSION,
    test: 'costs one statement at a time, however many there are',
  },
  {
    name: 'session-from-session',
    without: 'making sessions from keys and tokens alone',
    patches: [
      {
        file: 'apps/api/src/routes/session/session.controller.ts',
        find: 'if (call.session !== undefined) {',
        replace: "if (call.session?.csrfToken === '') {",
      },
    ],
    spec: SESSION,
    test: 'is not done by another session',
  },
  {
    name: 'security-headers',
    without: 'the headers that browsers are to obey',
    patches: [
      {
        file: `${HTTP}/configure-http.ts`,
        find: 'app.use(securityHeaders(parts.hstsSeconds));',
        replace: 'securityHeaders(parts.hstsSeconds);',
      },
    ],
    spec: CONVENTIONS,
    test: 'sends the headers that browsers are to obey, and tells nobody what serves it',
  },
  {
    name: 'idempotency-body',
    without: 'the body that an idempotency key belongs to',
    patches: [
      {
        file: `${ACCESS}/idempotency.ts`,
        find: "if (row.request_hash !== hash) throw new Refusal('idempotency_key_reused');",
        replace: '',
      },
    ],
    spec: IDEMPOTENCY,
    test: 'another body under the same key is 422',
  },
  {
    name: 'idempotency-required',
    without: 'asking for an idempotency key where money moves',
    patches: [
      {
        file: `${HTTP}/read-call.ts`,
        find: "if (route.idempotency === 'required') throw problem('idempotency_key_required');",
        replace: '',
      },
    ],
    spec: IDEMPOTENCY,
    test: 'where money moves the key is required, and it has a form',
  },
  {
    name: 'idempotency-in-progress',
    without: 'waiting for the first request under a key',
    patches: [
      {
        file: `${ACCESS}/idempotency.ts`,
        find: "if (!row.is_abandoned) throw new Refusal('idempotency_in_progress');\n      await this.requireUndone(actor, row);\n      if (await this.takeOver(actor, key, requestId)) return undefined;",
        replace: 'await this.takeOver(actor, key, requestId);\n      return undefined;',
      },
    ],
    spec: IDEMPOTENCY,
    test: 'of many at once one is carried out, the others wait their turn',
  },
  {
    name: 'idempotency-lost-answer',
    without: 'the look whether a request whose answer was lost was carried out',
    patches: [
      {
        file: `${ACCESS}/idempotency.ts`,
        find: 'await this.requireUndone(actor, row);',
        replace: '',
      },
    ],
    spec: IDEMPOTENCY,
    test: 'guarantee 2: a change whose answer was lost with its process is not made again',
  },
  {
    name: 'if-match',
    without: 'the tag that a change was made by',
    patches: [
      {
        file: `${ACCESS}/precondition.ts`,
        find: "precondition.tags.some((tag) => tag === '*' || stemOf(tag) === stem)",
        replace: "precondition.tags.some((tag) => tag !== stemOf(tag) + '?')",
      },
    ],
    spec: CONVENTIONS,
    test: 'a change without a precondition is 428, with a stale one 412 and the current tag',
  },
  {
    name: 'if-match-required',
    without: 'asking for a tag where something is changed',
    patches: [
      {
        file: `${ACCESS}/precondition.ts`,
        find: 'if (options.optional === true) return;',
        replace: 'if (options.optional !== false) return;',
      },
    ],
    spec: CONVENTIONS,
    test: 'a change without a precondition is 428, with a stale one 412 and the current tag',
  },
  {
    name: 'if-match-strong',
    without: 'taking a weak tag for none',
    patches: [
      {
        file: `${HTTP}/read-precondition.ts`,
        find: 'part === null || part[1] !== undefined ? []',
        replace: 'part === null ? []',
      },
    ],
    spec: CONVENTIONS,
    test: 'a weak tag never matches, and a tag without quotes is no tag',
  },
  {
    name: 'quota',
    without: 'the quota of a key',
    patches: [
      {
        file: `${HTTP}/quota.guard.ts`,
        find: 'if (waitMs === 0) return true;',
        replace: 'if (waitMs >= 0) return true;',
      },
    ],
    spec: FLOOD,
    test: 'a key that asks for too much is told when to come back, and others go on',
  },
  {
    name: 'quota-of-holds',
    without: 'a measure of their own for holds',
    patches: [
      {
        file: `${HTTP}/quota.guard.ts`,
        find: 'const name = `${quota} ${actor}`;',
        replace: 'const name = `${quota.slice(4)} ${actor}`;',
      },
    ],
    spec: FLOOD,
    test: 'no flood of the same key keeps it from stopping everything',
  },
  {
    name: 'connections-of-holds',
    without: 'connections of their own for holds',
    patches: [
      {
        file: 'apps/api/src/use-cases.ts',
        find: 'new CreateHold(urgent.remedy)',
        replace: 'new CreateHold(parts)',
      },
    ],
    spec: FLOOD,
    test: 'everybody else waiting for the database does not keep a hold waiting',
  },
  {
    name: 'keys-in-memory',
    without: 'keeping the keys in memory',
    patches: [
      {
        file: `${ACCESS}/authenticate.ts`,
        find: 'if (performance.now() - this.readAtMs >= READ_EVERY_MS) await this.read();',
        replace: 'await this.readNow();',
      },
    ],
    spec: FLOOD,
    test: 'keys that are wrong cost no statement, however many there are',
  },
  {
    name: 'oidc-issuer',
    without: 'the issuer of a token',
    patches: [
      { file: OIDC, find: '        issuer,\n        audience,', replace: '        audience,' },
    ],
    spec: OIDC_SPEC,
    test: 'of another issuer',
  },
  {
    name: 'oidc-audience',
    without: 'the audience of a token',
    patches: [
      { file: OIDC, find: '        issuer,\n        audience,', replace: '        issuer,' },
    ],
    spec: OIDC_SPEC,
    test: 'for another audience',
  },
  {
    name: 'oidc-algorithm',
    without: 'the algorithms that a token may be signed with',
    patches: [{ file: OIDC, find: '        algorithms: [...algorithms],\n', replace: '' }],
    spec: OIDC_SPEC,
    test: 'of a kind of signature that is not allowed, though the key is right',
  },
  {
    name: 'oidc-signature',
    without: 'the signature of a token',
    patches: [
      {
        file: OIDC,
        find: 'const verified = await jwtVerify(token, await this.issuerKeys(), {',
        replace:
          "await this.issuerKeys();\n      const verified = await (async (text: string, _options: object) => ({ payload: JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload }))(token, {",
      },
    ],
    spec: OIDC_SPEC,
    test: 'that is not signed at all',
  },
  {
    name: 'oidc-end',
    without: 'a token having to say when it ends',
    patches: [
      { file: OIDC, find: "requiredClaims: ['exp', 'sub'],", replace: "requiredClaims: ['sub']," },
    ],
    spec: OIDC_SPEC,
    test: 'that never expires',
  },
  {
    name: 'oidc-role',
    without: 'taking only roles that the settings name',
    patches: [
      {
        file: OIDC,
        find: "if (role === undefined) return { kind: 'no-role', id: name };\n    return { kind: 'person', actor: { kind: 'user', id: name, role }, endsAtMs: endOf(payload) };",
        replace:
          "return { kind: 'person', actor: { kind: 'user', id: name, role: role ?? 'viewer' }, endsAtMs: endOf(payload) };",
      },
    ],
    spec: OIDC_SPEC,
    test: 'a role is what the settings make of the claim, and no more',
  },
  {
    name: 'oidc-discovery',
    without: 'the issuer that a discovery document is of',
    patches: [
      {
        file: OIDC,
        find: "if (found.issuer !== issuer) throw new Error('the discovery document is of another issuer');",
        replace: '',
      },
    ],
    spec: OIDC_SPEC,
    test: 'a discovery document of somebody else is not believed',
  },
  {
    name: 'outbound-literal',
    without: 'the look at an address that is a literal',
    patches: [
      {
        file: OUTBOUND,
        find: 'return isIP(host) === 0 || this.allows(host);',
        replace: 'return isIP(host) === 0 || host.length > 0;',
      },
    ],
    spec: OUTBOUND_SPEC,
    test: 'a literal is refused though Node asks no resolver about it',
  },
  {
    name: 'outbound-connection',
    without: 'the look at the addresses of a name when the connection is made',
    patches: [
      {
        file: OUTBOUND,
        find: 'if (first === undefined || !addresses.every(isGood)) {',
        replace:
          'if (first === undefined || !addresses.every((one) => isGood(one) || one.address !== "")) {',
      },
    ],
    spec: OUTBOUND_SPEC,
    test: 'a name that answers publicly first and privately then does not get through',
  },
  {
    name: 'outbound-every-address',
    without: 'the look at every address of a name',
    patches: [
      {
        file: OUTBOUND,
        find: '!addresses.every(isGood)',
        replace: '!addresses.some(isGood)',
      },
    ],
    spec: OUTBOUND_SPEC,
    test: 'is refused even if it is one of many that a name leads to',
  },
  {
    name: 'outbound-lookup',
    without: 'connecting only to the addresses that were looked at',
    patches: [
      {
        file: 'libs/channels/src/refund/http-request.ts',
        find: '      lookup: guard.lookupFor(url),\n',
        replace: '',
      },
    ],
    spec: OUTBOUND_SPEC,
    test: 'is refused when a name leads to it',
  },
  {
    name: 'outbound-redirect',
    without: 'not following a redirect',
    patches: [
      {
        file: 'libs/channels/src/refund/http-request.ts',
        find: "    outgoing.on('response', (response) => {\n",
        replace:
          "    outgoing.on('response', (response) => {\n      const { location } = response.headers;\n      if (location !== undefined) {\n        void request(new URL(location, url), options).then(settle);\n        return;\n      }\n",
      },
    ],
    spec: OUTBOUND_SPEC,
    test: 'a redirection is an answer, and is not followed',
  },
  {
    name: 'outbound-mapped',
    without: 'taking IPv4 that is written as IPv6 for what it says',
    patches: [
      {
        file: 'libs/channels/src/outbound/public-address.ts',
        find: 'return isPlain ? ipaddr.process(text) : undefined;',
        replace: 'return isPlain ? ipaddr.parse(text) : undefined;',
      },
    ],
    spec: OUTBOUND_SPEC,
    test: 'may be a private one that the operator has named',
  },
  {
    name: 'outbound-reserved',
    without: 'the ranges of IPv6 that are given out to nobody',
    patches: [
      {
        file: 'libs/channels/src/outbound/public-address.ts',
        find: "return address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST);",
        replace: "return address.kind() === 'ipv4' || address.kind() === 'ipv6';",
      },
    ],
    spec: OUTBOUND_SPEC,
    test: 'is refused when it is set',
  },
  {
    name: 'outbound-answer-size',
    without: 'the most that is read of an answer',
    patches: [
      {
        file: 'libs/channels/src/refund/http-request.ts',
        find: 'if (size > BODY_BYTES_MAX) {',
        replace: 'if (size > Infinity) {',
      },
    ],
    spec: OIDC_SPEC,
    test: 'is not read when it is too long',
  },
  {
    name: 'outbound-time',
    without: 'the most time that an answer may take',
    patches: [
      {
        file: 'libs/channels/src/refund/http-request.ts',
        find: '      outgoing.destroy();\n    }, timeoutMs);',
        replace: '      outgoing.destroy();\n    }, timeoutMs * 1_000);',
      },
    ],
    spec: 'libs/channels/src/refund/http-request.int-spec.ts',
    test: 'ends after its time, however the answer trickles in',
  },
  {
    name: 'log-fields',
    without: 'the list of what a log line may carry',
    patches: [
      {
        file: 'libs/platform/src/logger/create-logger.ts',
        find: 'else if (ALLOWED.has(field)) line[field] = plain(value);',
        replace: 'else if (ALLOWED.size > 0) line[field] = plain(value);',
      },
    ],
    spec: 'libs/platform/src/logger/create-logger.spec.ts',
    test: 'drops a field it does not know, and says which',
  },
  {
    name: 'log-errors',
    without: 'taking from an error only what helps to find it',
    patches: [
      {
        file: 'libs/platform/src/logger/create-logger.ts',
        find: "if (field === 'err') line['err'] = describeError(value);",
        replace:
          "if (field === 'err') line['err'] = { ...(value as object), ...describeError(value) };",
      },
    ],
    spec: 'libs/platform/src/logger/create-logger.spec.ts',
    test: 'keeps of an error what helps to find it, not what was sent',
  },
  {
    name: 'log-secrets',
    without: 'masking tokens and addresses in a text',
    patches: [
      {
        file: 'libs/platform/src/logger/scrub.ts',
        find: '(masked, [pattern, mask]) => masked.replace(pattern, mask),',
        replace: '(masked, [pattern, mask]) => masked.replace(pattern, (found) => found || mask),',
      },
    ],
    spec: 'libs/platform/src/logger/scrub.spec.ts',
    test: ' becomes ',
  },
  {
    name: 'log-address',
    without: 'writing the route of a request instead of its address',
    patches: [
      {
        file: `${HTTP}/observe-requests.ts`,
        find: "    route: state.route ?? 'none',\n    status,",
        replace: '    route: request.url,\n    status,',
      },
    ],
    spec: 'apps/api/test/log-redaction.int-spec.ts',
    test: 'what customers and strangers wrote, tokens and secrets never get into the log',
  },
];
