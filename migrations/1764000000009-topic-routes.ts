import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- every route of every map there has been: what was sent by it may still be unread
create table topic_route (prefix text not null, topic text not null, primary key (prefix, topic));
insert into topic_route
  select r.key, r.value from settings s, jsonb_each_text(coalesce(s.document->'topics', '{}')) r;
`;

/** A changed map of topics takes effect at once, and no event under way is forgotten. */
export class TopicRoutes1764000000009 implements MigrationInterface {
  readonly name = 'TopicRoutes1764000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table topic_route');
  }
}
