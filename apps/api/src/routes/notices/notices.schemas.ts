import { z } from 'zod';
import { pageQuery, repeatable, spanQuery, word } from '../../http/parameters';
import { instantView, pageOf } from '../shared/schemas';

export const noticeQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  kind: repeatable(word).describe('`budget.warning`, `ceiling.reached`, …'),
  about: repeatable(word).describe('`budget:delivery-cn`, `rule:late-delivery`, …'),
});

export const noticePage = pageOf(
  z
    .object({
      id: z.string(),
      at: instantView,
      kind: z.string(),
      about: z.string(),
      detail: z.record(z.string(), z.unknown()),
    })
    .meta({ id: 'Notice', description: 'What people have to know, said once for each occasion' }),
);
