import { nearest } from '@amends/contracts';

/** A variable that templates may use, with what it says. */
export interface TemplateVariable {
  readonly name: string;
  /** Any path below it: what the event carries is the sender's affair. */
  readonly isOpen?: boolean;
  readonly meaning: string;
}

/** Every variable there is: what `compileTemplate` allows and the documentation lists. */
export const TEMPLATE_VARIABLES: readonly TemplateVariable[] = [
  { name: 'customer.name', meaning: "the name in the customer's file" },
  { name: 'customer.id', meaning: "the customer's id" },
  { name: 'order', meaning: 'the number of the order it is about' },
  { name: 'amount', meaning: 'the exact sum that has moved, with its ISO code: 18.11 BRL' },
  { name: 'as', meaning: 'by which means, in words' },
  { name: 'arrives', meaning: 'when the money arrives, in words' },
  { name: 'voucher.code', meaning: 'the code of a voucher' },
  { name: 'voucher.expires', meaning: 'the last day a voucher can be used' },
  { name: 'brand.sender_name', meaning: 'who writes' },
  { name: 'rule.title', meaning: 'the title of the rule' },
  { name: 'incident.id', meaning: 'the id of the incident, to quote in an answer' },
  { name: 'incident.at', meaning: "when it happened, in the customer's own time" },
  { name: 'event.time', meaning: 'the time of the event, RFC 3339; use | local_time' },
  { name: 'event.subject', meaning: 'the subject of the event' },
  { name: 'event.type', meaning: 'the type of the event' },
  { name: 'event.source', meaning: 'the source of the event' },
  { name: 'event.customerid', meaning: 'the customer the event names' },
  { name: 'event.data', isOpen: true, meaning: 'a field of the event: event.data.promised_by' },
  { name: 'facts', isOpen: true, meaning: 'a fact of the rule: facts.late' },
];

export type VariableCheck =
  { readonly ok: true } | { readonly ok: false; readonly name: string; readonly near?: string };

/** Whether a template may use a variable, given as its path's segments. */
export function checkVariable(segments: readonly string[]): VariableCheck {
  const name = segments.join('.');
  const isKnown = TEMPLATE_VARIABLES.some((variable) =>
    variable.isOpen === true ? name.startsWith(`${variable.name}.`) : name === variable.name,
  );
  if (isKnown) return { ok: true };
  const near = nearest(
    name,
    TEMPLATE_VARIABLES.map((variable) => variable.name),
  );
  return { ok: false, name, ...(near !== undefined && { near }) };
}

/** The allowed names, as a hint lists them. */
export function allowedVariables(): string {
  return TEMPLATE_VARIABLES.map(({ name, isOpen }) => (isOpen ? `${name}.…` : name)).join(', ');
}
