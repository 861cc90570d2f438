import type { Money } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { invalidField } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import { orderOf, paymentOf } from '../decision/conclude-case';
import { CreateManualCompensation } from '../manual/create-manual-compensation';
import type { CompensationKind } from '../model/compensation';
import { scopeOf, type Incident } from '../model/incident';
import type { Remedy } from '../remedy';
import type { RemedyRule } from '../rules/rule-book';

interface NamedSum {
  readonly money: Money;
  /** Why: kept as the reason of the compensation. */
  readonly note: string;
  readonly unit: number;
}

/** Gives what a rule owes but could not name the sum of: as the rule pays, and with its message. */
export function giveNamedSum(
  sql: Sql,
  remedy: Remedy,
  asked: Asked,
  about: { readonly incident: Incident; readonly rule: RemedyRule; readonly sum: NamedSum },
): ReturnType<CreateManualCompensation['createIn']> {
  const { incident, rule, sum } = about;
  const { pay } = rule.document;
  const scope = scopeOf(incident, rule, sum.unit);
  const payment = paymentOf(rule, scope) ?? undefined;
  if (pay.as === 'refund' && payment === undefined) throw paymentUnknown(pay.payment);
  return new CreateManualCompensation(remedy).createIn(sql, asked, {
    customerId: incident.customerId,
    as: pay.as as CompensationKind,
    money: sum.money,
    reason: sum.note,
    payment,
    orderId: orderOf(scope) ?? undefined,
    incidentId: incident.id,
    unit: sum.unit,
    differsBecause: sum.note,
  });
}

function paymentUnknown(path = 'pay.payment') {
  return invalidField('/amount', 'payment_unknown', {
    en: `the event names no payment at ${path} that a refund could go back to: give it another way`,
    zh: `事件在 ${path} 处没有可退款的支付：请用其他方式补偿`,
  });
}
