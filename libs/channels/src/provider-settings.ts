import { readFileSync } from 'node:fs';
import { KEY_LENGTH_MIN, type PayoutProvider } from '@amends/application';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseWebhookAddress } from './refund/webhook-address';
import { WebhookProvider } from './refund/webhook-provider';
import { StripeProvider } from './stripe/stripe-provider';

const HOUR_MS = 60 * 60 * 1000;
const SECOND_MS = 1000;

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be up to 32 of a-z, 0-9 and -, a letter first');
const common = {
  name,
  /** Whose account it is; absent: of every brand that has none of its own. */
  brands: z.array(z.string().min(1)).min(1).optional(),
  timeout_seconds: z.number().min(1).max(120).optional(),
  at_once: z.int().min(1).max(64).optional(),
};

const stripe = z.strictObject({
  ...common,
  type: z.literal('stripe'),
  secret_key_env: z.string().optional(),
  secret_key_file: z.string().optional(),
  webhook_secret_env: z.string().optional(),
  webhook_secret_file: z.string().optional(),
  /** Stripe itself unless given: for a test against a mock. */
  base_url: z.string().optional(),
});

const webhook = z.strictObject({
  ...common,
  type: z.literal('webhook'),
  kinds: z
    .array(z.enum(['refund', 'replacement']))
    .min(1)
    .optional(),
  url: z.string(),
  query_url: z.string().optional(),
  payment_url: z.string().optional(),
  list_url: z.string().optional(),
  allow_http: z.boolean().default(false),
  secret_env: z.string().optional(),
  secret_file: z.string().optional(),
  key_window_hours: z
    .number()
    .min(0)
    .max(24 * 366)
    .optional(),
  replay: z.enum(['first-body', 'latest-status', 'only-success', 'no-change', 'none']).optional(),
  spacing_seconds: z
    .number()
    .min(0)
    .max(24 * 3600)
    .optional(),
  max_partial_refunds: z.int().min(1).optional(),
  max_key_length: z.int().min(KEY_LENGTH_MIN).optional(),
});

const document = z.array(z.discriminatedUnion('type', [stripe, webhook]));

/** As Standard Webhooks has it. */
const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/;

export interface ReadProvidersOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False where nothing is ever sent (the api): a key to send with may then be missing. */
  readonly sends: boolean;
}

/**
 * The providers of a list in YAML or JSON (docs/operating.md, Payout providers). Secrets are never in
 * it: it names the variable or the file that holds them. Throws, with all that is wrong in words for
 * the operator, and never with a secret.
 */
export function readProviders(text: string, options: ReadProvidersOptions): PayoutProvider[] {
  const parsed = document.safeParse(parseYaml(text));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `/${path.map(String).join('/')}: ${message}`,
    );
    throw new Error(`PAYOUT_PROVIDERS: ${problems.join('; ')}`);
  }
  requireUnique(parsed.data.map((entry) => entry.name));
  return parsed.data.map((entry) =>
    entry.type === 'stripe' ? readStripe(entry, options) : readWebhook(entry, options),
  );
}

function readStripe(entry: z.output<typeof stripe>, options: ReadProvidersOptions): PayoutProvider {
  const key = secret(entry.name, 'secret_key', entry, options);
  if (key === undefined && options.sends) throw missing(entry.name, 'secret_key');
  const webhookSecret = secret(entry.name, 'webhook_secret', entry, options);
  return new StripeProvider({
    ...shared(entry),
    secretKey: key ?? 'not-set-where-nothing-is-sent',
    ...(webhookSecret !== undefined && { webhookSecret }),
    ...(entry.base_url !== undefined && {
      baseUrl: addressOf(entry.name, 'base_url', entry.base_url, true),
    }),
  });
}

function addressOf(provider: string, field: string, text: string, allowHttp: boolean): URL {
  const parsed = parseWebhookAddress(text, allowHttp);
  if (!parsed.ok) throw new Error(`${provider}: ${field} ${parsed.problem}`);
  return parsed.url;
}

function readWebhook(
  entry: z.output<typeof webhook>,
  options: ReadProvidersOptions,
): PayoutProvider {
  const found = secret(entry.name, 'secret', entry, options);
  if (found === undefined) throw missing(entry.name, 'secret');
  if (!WEBHOOK_SECRET.test(found)) {
    throw new Error(`${entry.name}: its secret must be whsec_ and base 64 of at least 24 bytes`);
  }
  const { query_url, payment_url, list_url, kinds } = entry;
  const address = (field: string, text: string) =>
    addressOf(entry.name, field, text, entry.allow_http);
  return new WebhookProvider({
    ...shared(entry),
    secret: found,
    url: address('url', entry.url),
    ...(kinds !== undefined && { kinds }),
    ...(query_url !== undefined && { queryUrl: address('query_url', query_url) }),
    ...(payment_url !== undefined && { paymentUrl: address('payment_url', payment_url) }),
    ...(list_url !== undefined && { listUrl: address('list_url', list_url) }),
    promises: promisesOf(entry),
  });
}

function promisesOf(entry: z.output<typeof webhook>) {
  const { key_window_hours: window, replay, spacing_seconds: spacing } = entry;
  const { max_partial_refunds: parts, max_key_length: length } = entry;
  return {
    ...(replay !== undefined && { replayKind: replay }),
    ...(window !== undefined && { keyWindowMs: window * HOUR_MS }),
    ...(replay === 'none' && { keyWindowMs: 0 }),
    ...(spacing !== undefined && { spacingMs: spacing * SECOND_MS }),
    ...(parts !== undefined && { maxPartialRefunds: parts }),
    ...(length !== undefined && { maxKeyLength: length }),
  };
}

function shared({ name: own, brands, timeout_seconds: timeout, at_once: atOnceMax }: Common) {
  return {
    name: own,
    brands: brands ?? null,
    ...(timeout !== undefined && { timeoutMs: timeout * SECOND_MS }),
    ...(atOnceMax !== undefined && { atOnceMax }),
  };
}

type Common = Pick<z.output<typeof stripe>, 'name' | 'brands' | 'timeout_seconds' | 'at_once'>;

/** From the variable or the file that the entry names; undefined: it names none. */
function secret(
  provider: string,
  field: string,
  entry: Readonly<Record<string, unknown>>,
  { env, sends }: ReadProvidersOptions,
): string | undefined {
  const variable = entry[`${field}_env`];
  const path = entry[`${field}_file`];
  if (typeof variable === 'string' && typeof path === 'string') {
    throw new Error(`${provider}: ${field}_env and ${field}_file are both set: which?`);
  }
  if (typeof variable === 'string') {
    const value = env[variable];
    if (value !== undefined && value !== '') return value;
    if (!sends) return undefined;
    throw new Error(`${provider}: ${field}_env names ${variable}, which is not set`);
  }
  return typeof path === 'string' ? readSecret(provider, field, path) : undefined;
}

function readSecret(provider: string, field: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Error(`${provider}: the file of ${field}_file cannot be read: ${code}`, {
      cause: error,
    });
  }
}

function missing(provider: string, field: string): Error {
  return new Error(`${provider}: set ${field}_env or ${field}_file`);
}

function requireUnique(names: readonly string[]): void {
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) throw new Error(`PAYOUT_PROVIDERS: ${twice} is named twice`);
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new Error('PAYOUT_PROVIDERS: must be a list in YAML or JSON');
  }
}
