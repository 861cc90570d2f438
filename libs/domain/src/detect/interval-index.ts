/** A closed interval; an absent bound is unbounded. */
export interface Interval<T> {
  readonly from: number;
  readonly to: number;
  readonly value: T;
}

interface Node<T> {
  readonly center: number;
  readonly byFrom: readonly Interval<T>[];
  readonly byTo: readonly Interval<T>[];
  readonly left: Node<T> | null;
  readonly right: Node<T> | null;
}

/**
 * Finds all intervals that hold a number, in O(log n + found): a centred interval tree (Edelsbrunner 1980;
 * de Berg et al., Computational Geometry, 10.1).
 */
export class IntervalIndex<T> {
  private readonly root: Node<T> | null;

  constructor(intervals: readonly Interval<T>[]) {
    this.root = build(intervals);
  }

  forEachAt(point: number, visit: (value: T) => void): void {
    let node = this.root;
    while (node) {
      if (point < node.center) {
        for (const interval of node.byFrom) {
          if (interval.from > point) break;
          visit(interval.value);
        }
        node = node.left;
      } else {
        for (const interval of node.byTo) {
          if (interval.to < point) break;
          visit(interval.value);
        }
        node = node.right;
      }
    }
  }

  all(visit: (value: T) => void): void {
    const walk = (node: Node<T> | null): void => {
      if (!node) return;
      for (const interval of node.byFrom) visit(interval.value);
      walk(node.left);
      walk(node.right);
    };
    walk(this.root);
  }
}

function build<T>(intervals: readonly Interval<T>[]): Node<T> | null {
  const usable = intervals.filter((interval) => interval.from <= interval.to);
  if (usable.length === 0) return null;
  const center = medianBound(usable);
  const here = usable.filter((one) => one.from <= center && one.to >= center);
  return {
    center,
    byFrom: [...here].sort((a, b) => compare(a.from, b.from)),
    byTo: [...here].sort((a, b) => compare(b.to, a.to)),
    left: build(usable.filter((one) => one.to < center)),
    right: build(usable.filter((one) => one.from > center)),
  };
}

function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The median of the finite bounds lies in some interval or beside one, so every level shrinks. */
function medianBound<T>(intervals: readonly Interval<T>[]): number {
  const bounds = intervals
    .flatMap((one) => [one.from, one.to])
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return bounds[bounds.length >> 1] ?? 0;
}
