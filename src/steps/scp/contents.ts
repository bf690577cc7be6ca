// What the SCP says at each of its stages.
import { type PolicyDocument, parsePolicy, type Statement } from '../../policy/document.ts';
import { isDated } from '../../policy/guard.ts';
import { scpDocument } from '../../policy/perimeter.ts';
import { controlStatement, liftedDocument, probeStatements } from '../../policy/probe.ts';
import { writtenText } from '../../policy/prove.ts';
import { confirmBy, guardedProbe } from '../guard.ts';
import type { OrganizationSeen, PerimeterInput } from '../landscape.ts';
import { perimeterSpec } from '../perimeter-spec.ts';
import type { Probe } from '../probing.ts';

/**
 * The SCP's contents by stage. A version that is in force already stays in force while its successor is probed; one whose time
 * is over is not.
 */
export function contentsOf(
  { input, seen, attached }: { readonly input: PerimeterInput; readonly seen: OrganizationSeen; readonly attached: ReadonlySet<string> },
  probe: Probe,
): { readonly narrow: string; readonly lifted: string; readonly guarded: string } {
  const { choices } = input;
  const spec = perimeterSpec(input);
  const probes = probeStatements(spec, {
    kind: 'scp',
    bucket: choices.testBucket,
    controlKey: probe.control,
    sentinelKey: probe.sentinel,
    expires: '{{run.probeExpiry}}',
    control: true,
  });
  const kept = attached.size > 0 && seen.policy !== null ? lastingStatements(seen.policy.content).filter((each) => !isDated(each)) : [];
  const of = (Statement: readonly Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
  const { control } = guardedProbe(probe);
  const written = (document: PolicyDocument): string => writtenText(document, `SCP ${choices.policyName}`);
  return {
    guarded: written(
      of([
        ...scpDocument({ ...spec, expires: confirmBy }).Statement,
        controlStatement({ partition: spec.partition, kind: 'scp', bucket: choices.testBucket, controlKey: control, expires: confirmBy }),
      ]),
    ),
    narrow: written(of([...kept, ...probes])),
    lifted:
      kept.length > 0
        ? written(of(kept))
        : written(liftedDocument({ partition: spec.partition, bucket: choices.testBucket, controlKey: `${probe.control}-lifted` })),
  };
}

/** The perimeter's own statements of an SCP: neither probes, nor what stands in place of a lifted perimeter. */
export function lastingStatements(content: string): readonly Statement[] {
  const parsed = parsePolicy(content);
  if (!parsed.ok) return [];
  return parsed.document.Statement.filter(({ Sid }) => Sid !== 'QuiltPerimeterLifted' && !Sid?.startsWith('QuiltPerimeterProbe'));
}
