// The program as a process of its own, killed right after each write took effect and before its answer, against a sandbox that
// outlives it: the next process goes on, makes nothing twice and leaves nothing behind.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chain } from '../support/chains.ts';
import { ServedCompany } from '../support/served-company.ts';
import { differences, notRestored, readable } from '../support/world.ts';

let company: ServedCompany;

beforeEach(async () => {
  company = await ServedCompany.of('greenfield', { accept: ['QP413'], speed: 120 });
});

afterEach(() => company.close());

const records = ['clock', 'sequence', 'ec2.tombstones', ...notRestored];

const createCalls = [
  'ModifyVpcAttribute',
  'CreateSecurityGroup',
  'AuthorizeSecurityGroupIngress',
  'CreateVpcEndpoint',
  'AllocateAddress',
  'CreateNatGateway',
  'CreateRoute',
  'PutBucketPolicy',
  'DeleteBucketPolicy',
  'CreateChangeSet',
  'EnablePolicyType',
  'CreatePolicy',
  'AttachPolicy',
  'UpdatePolicy',
  'ExecuteChangeSet',
];

test('a process killed after every write: apply ends with nothing twice, rollback with the world as before', async () => {
  const before = company.snapshot();
  const applied = await chain(
    company,
    () => company.apply(),
    () => 'killed after',
  );
  expect(applied.struck.map(({ ended }) => ended.signal)).toEqual(applied.struck.map(() => 'SIGKILL'));
  expect([...new Set(applied.struck.map(({ write }) => write.split(' ')[0]))]).toEqual(expect.arrayContaining(createCalls));
  expect([applied.last.code, applied.last.events.at(-1)]).toEqual([0, expect.objectContaining({ type: 'done', outcome: 'done' })]);

  const { ec2, organizations, hints } = company.world();
  const of = <T extends { readonly vpcId: string }>(things: { readonly [id: string]: T }) =>
    Object.values(things).filter(({ vpcId }) => vpcId === hints.vpc);
  expect(
    of(ec2.vpcEndpoints)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['Gateway', 'Interface']);
  expect(of(ec2.securityGroups).filter(({ name }) => name.startsWith('quilt-perimeter'))).toHaveLength(1);
  expect(of(ec2.natGateways)).toHaveLength(1);
  expect(Object.keys(ec2.addresses)).toHaveLength(1);
  expect(Object.values(organizations.organization?.policies ?? {}).filter(({ name }) => name.startsWith('Quilt'))).toHaveLength(1);

  const { writes } = company;
  expect((await company.apply()).code).toBe(0);
  expect(company.writes).toBe(writes);

  const rolledBack = await chain(
    company,
    () => company.rollBack(),
    () => 'killed after',
  );
  expect(rolledBack.last.code).toBe(0);
  await company.advance(3_600_000);
  expect(readable(differences(before, company.snapshot(), records))).toBe('');
}, 600_000);
