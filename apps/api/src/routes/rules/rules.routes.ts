import { RULE_BOUNDS } from '@amends/contracts';
import { defineRoute, type RouteSpec } from '../../http/route';
import { EDITORS, READERS } from '../shared/roles';
import { EXAMPLE_RULE } from './example-rule';
import {
  ruleDocument,
  rulePage,
  ruleParams,
  ruleQuery,
  ruleVersionView,
  ruleView,
  validationView,
  versionParams,
  versionQuery,
} from './rules.schemas';

const tag = 'Rules';
const answer = { description: 'The rule', schema: ruleView, hasETag: true };

export const RULE_BODY = {
  schema: ruleDocument,
  types: ['application/json', 'application/yaml'],
  reading: 'raw',
  maxBytes: RULE_BOUNDS.documentBytes,
} as const;

const wrong = {
  ...EXAMPLE_RULE,
  detect: { ...EXAMPLE_RULE.detect, where: { lat: { gte: 10 } } },
  limits: [{ total: '40.00 EUR', per: 'customer', over: '30d', then: 'trim' }],
};
const failing = {
  ...EXAMPLE_RULE,
  tests: EXAMPLE_RULE.tests.map((test) => ({ ...test, expect: [{ pay: '4.00 CNY' }] })),
};

export const listRules = defineRoute({
  id: 'listRules',
  method: 'GET',
  path: '/v1/rules',
  tag,
  summary: 'All rules in their newest versions',
  roles: READERS,
  quota: 'rest',
  query: ruleQuery,
  hasLabelFilter: true,
  answers: { 200: { description: 'A page of rules', schema: rulePage, isPage: true } },
  problems: [],
  examples: [
    { name: 'of one team, that are off', status: 200, path: '/v1/rules?label.team=delivery&mode=off' },
  ],
});

export const validateRule = defineRoute({
  id: 'validateRule',
  method: 'POST',
  path: '/v1/rules/validate',
  tag,
  summary: 'Look at a rule without saving it',
  description:
    'All mistakes and doubts at once, what the rule says in words, its tests, and what it would ' +
    'have done in the last seven days.',
  roles: [...EDITORS, 'approver', 'viewer'],
  quota: 'rest',
  body: RULE_BODY,
  answers: { 200: { description: 'What there is to say', schema: validationView } },
  problems: ['malformed_yaml'],
  examples: [
    {
      name: 'a rule with mistakes',
      status: 200,
      path: '/v1/rules/validate',
      headers: { 'Content-Type': 'application/json' },
      body: wrong,
    },
  ],
});

export const putRule = defineRoute({
  id: 'putRule',
  method: 'PUT',
  path: '/v1/rules/{id}',
  tag,
  summary: 'Create a rule, or make a new version of it',
  description:
    'JSON or YAML. The tests in the document are run first; one that fails refuses the version. The ' +
    'same document again makes no version. Nothing runs until it is rolled out.',
  roles: EDITORS,
  quota: 'rest',
  params: ruleParams,
  body: RULE_BODY,
  precondition: 'put',
  answers: { 200: answer, 201: { ...answer, hasLocation: true } },
  problems: ['malformed_yaml', 'invalid_rule', 'rule_tests_failed'],
  examples: [
    {
      name: 'create',
      status: 201,
      path: '/v1/rules/late-lunch',
      headers: { 'If-None-Match': '*', 'Content-Type': 'application/json' },
      body: EXAMPLE_RULE,
    },
    {
      name: 'two mistakes',
      status: 422,
      path: '/v1/rules/late-lunch',
      headers: {
        'If-Match': '*',
        'Content-Type': 'application/json',
        'Accept-Language': 'zh-CN',
      },
      body: wrong,
    },
    {
      name: 'a failing test',
      status: 422,
      path: '/v1/rules/late-lunch',
      headers: { 'If-Match': '*', 'Content-Type': 'application/json' },
      body: failing,
    },
    {
      name: 'it exists already',
      status: 412,
      path: '/v1/rules/late-lunch',
      headers: { 'If-None-Match': '*', 'Content-Type': 'application/json' },
      body: EXAMPLE_RULE,
    },
  ],
});

export const getRule = defineRoute({
  id: 'getRule',
  method: 'GET',
  path: '/v1/rules/{id}',
  tag,
  summary: 'A rule in its newest version',
  roles: READERS,
  quota: 'rest',
  params: ruleParams,
  answers: { 200: answer },
  problems: ['not_found'],
  examples: [{ name: 'read', status: 200, path: '/v1/rules/late-lunch' }],
});

export const getRuleVersion = defineRoute({
  id: 'getRuleVersion',
  method: 'GET',
  path: '/v1/rules/{id}/versions/{n}',
  tag,
  summary: 'One version of a rule; versions never change',
  roles: READERS,
  quota: 'rest',
  params: versionParams,
  query: versionQuery,
  answers: { 200: { description: 'The version', schema: ruleVersionView, hasETag: true } },
  problems: ['not_found'],
  examples: [
    { name: 'read', status: 200, path: '/v1/rules/late-lunch/versions/1' },
    {
      name: 'what changed',
      status: 200,
      path: '/v1/rules/late-delivery/versions/2?diff=1',
    },
  ],
});

export const RULE_ROUTES: readonly RouteSpec[] = [
  validateRule,
  putRule,
  listRules,
  getRule,
  getRuleVersion,
];
