export {
  checkInvariantsAtEnd,
  findViolations,
  type CheckOptions,
  type Violation,
} from './check-invariants';
export { MONEY_INVARIANTS, type Invariant } from './money-invariants';
