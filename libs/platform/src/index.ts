export { DATABASE_SETTINGS } from './config/database-settings';
export { warnUnusedRoles } from './config/warn-unused-roles';
export { OUTBOUND_SETTINGS } from './config/outbound-settings';
export { AUDIT_SETTINGS, auditAnchorSettings } from './config/audit-settings';
export { parseConfig, type ConfigProblem, type ParsedConfig } from './config/parse-config';
export { checkKafkaSettings, KAFKA_SETTINGS } from './config/kafka-settings';
export { describeConfigProblems, readConfig } from './config/read-config';
export { setting } from './config/settings';
export { crashPoint } from './crash-point/crash-point';
export { CRASH_POINT_NAMES, type CrashPointName } from './crash-point/crash-point-names';
export { createLogger, type Logger, type LoggerOptions } from './logger/create-logger';
export { type DescribedError } from './logger/describe-error';
export { type LogContext, type LogField } from './logger/log-fields';
export { NestLogger } from './logger/nest-logger';
export { HealthChecks, type Health, type HealthCheck, type HealthReport } from './health/health';
export { createMetrics, type Metrics } from './metrics/metrics';
export {
  EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type EmbeddedPostgresOrigin,
} from './embedded-postgres/embedded-postgres';
export { shutDown, type Ending } from './shut-down/shut-down';
