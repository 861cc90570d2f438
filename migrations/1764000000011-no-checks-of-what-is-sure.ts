import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Rules are never deleted, and a decision is asked for by the statement that inserts its incident: to look both up again
 * for every row, and to lock the rule's row for it, protects from nothing and costs each incident.
 */
export class NoChecksOfWhatIsSure1764000000011 implements MigrationInterface {
  readonly name = 'NoChecksOfWhatIsSure1764000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table incident drop constraint incident_rule_id_fkey;
      alter table decision_queue drop constraint decision_queue_incident_id_fkey;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table incident add foreign key (rule_id) references rule;
      alter table decision_queue add foreign key (incident_id) references incident;
    `);
  }
}
