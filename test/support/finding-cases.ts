// Findings as tables: each case builds a hazard into a scenario's world, plans on it, and says what of one code is raised.
import { describe, expect, test } from 'vitest';
import type { FindingCode, Severity } from '../../src/findings.ts';
import type { Wanted } from '../../src/steps/choices.ts';
import { type PlanOn, planOn } from './plan-on.ts';
import { type QuiltWorld, quiltWorld } from './quilt-world.ts';

interface Raised {
  readonly severity: Severity;
  /** All of them, in any order. */
  readonly subjects: readonly string[];
  /** What detail and remedy name. */
  readonly detail?: string | RegExp;
  readonly remedy: string | RegExp;
}

interface FindingCase {
  /** Default `greenfield`. */
  readonly scenario?: string;
  readonly build?: (quilt: QuiltWorld) => void;
  /** IAM actions that both sides' operators lack. */
  readonly denied?: readonly string[];
  readonly wanted?: Partial<Wanted> | ((quilt: QuiltWorld) => Partial<Wanted>);
  /** What is raised, in any order; empty: nothing of this code. */
  readonly raises: readonly Raised[] | ((quilt: QuiltWorld) => readonly Raised[]);
}

/** One test a case, named by its key: the sentence that goes on `QP101 …`. */
export function findingCases(code: FindingCode, cases: { readonly [name: string]: FindingCase }): void {
  describe(code, () => {
    test.each(Object.entries(cases))('%s', async (_, each) => {
      const { of, sandbox } = await planOf(each);
      const { raises } = each;
      const expected = typeof raises === 'function' ? raises(quiltWorld(sandbox.world())) : raises;
      const found = of(code).map(shape).sort(byText);
      expect(found).toEqual(expected.map(shape).sort(byText));
      for (const wants of expected) {
        const [same] = of(code).filter(
          ({ severity, subjects, detail, remedy }) =>
            severity === wants.severity &&
            String([...subjects].sort()) === String([...wants.subjects].sort()) &&
            says(detail, wants.detail ?? '') &&
            says(remedy, wants.remedy),
        );
        expect(same ?? of(code), `${code} ${wants.severity} says ${wants.detail ?? ''} and ${wants.remedy}`).toMatchObject({ code });
      }
    });
  });
}

const asItIs = new Map<string, Promise<PlanOn>>();

/** Scenarios as they are, planned on with what they offer, are planned on once. */
function planOf({ scenario = 'greenfield', build, denied = [], wanted }: FindingCase): Promise<PlanOn> {
  const isAsItIs = build === undefined && denied.length === 0 && wanted === undefined;
  const planned =
    (isAsItIs ? asItIs.get(scenario) : undefined) ??
    planOn(
      scenario,
      (world) => {
        deny(world, denied);
        build?.(quiltWorld(world));
      },
      (world) => (typeof wanted === 'function' ? wanted(quiltWorld(world)) : (wanted ?? {})),
    );
  if (isAsItIs) asItIs.set(scenario, planned);
  return planned;
}

/** A case in which a read is refused: the finding is unknown, and names the permission. */
export const unread = (action: string, subjects: Raised['subjects'] | ((quilt: QuiltWorld) => Raised['subjects'])) =>
  ({
    denied: [action],
    raises: (quilt: QuiltWorld) => [
      {
        severity: 'unknown',
        subjects: typeof subjects === 'function' ? subjects(quilt) : subjects,
        detail: action,
        remedy: `allow ${action}`,
      },
    ],
  }) satisfies FindingCase;

/** Takes these actions from the operators of both sides. */
export function deny(world: QuiltWorld['world'], actions: readonly string[]): void {
  for (const role of ['PlatformAdmin', 'OrganizationAdmin']) world.iam.deniedActions[role] = [...actions];
}

const shape = ({ severity, subjects }: Pick<Raised, 'severity' | 'subjects'>) => ({ severity, subjects: [...subjects].sort() });

const says = (text: string, what: string | RegExp): boolean => (typeof what === 'string' ? text.includes(what) : what.test(text));

const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
