// What stays to be seen of a rollback because AWS lets nobody restore it.
import type { RollbackSummary } from '../engine/types.ts';

type Undone = RollbackSummary['undone'];

/** One sentence for each kind of trace that undoing these leaves. */
export function leftBehind(undone: Undone): readonly string[] {
  const of = (type: string): Undone => undone.filter(({ change, made }) => change.target.type === type && made !== null);
  const ids = (applied: Undone): string => [...new Set(applied.map(({ made }) => made?.id ?? ''))].join(', ');
  const addresses = of('AWS::EC2::EIP');
  const deleted = [...of('AWS::EC2::NatGateway'), ...of('AWS::EC2::VPCEndpoint')].filter(({ change }) => change.action === 'create');
  const stacks = of('AWS::CloudFormation::Stack').map(({ change }) => change.target.name);
  return [
    ...(addresses.length === 0 ? [] : [`The address of ${ids(addresses)} is released: a new Elastic IP has another one.`]),
    ...(stacks.length === 0
      ? []
      : [`Stack ${stacks.join(', ')} was updated back: LastUpdatedTime and the stack's events tell of both updates.`]),
    ...(deleted.length === 0 ? [] : [`AWS may list ${ids(deleted)} as deleted for a while.`]),
  ];
}
