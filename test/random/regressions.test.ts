// Counterexamples of random landscapes, shrunk and spelled out. Each once broke a promise.
import { expect, test } from 'vitest';
import { driveLandscape } from './drive.ts';
import { plainLandscape, plainSubnet } from './plain.ts';

test('the plain landscape goes all the way and back', async () => {
  expect(await driveLandscape(plainLandscape)).toMatchObject({ ended: 'done', code: null, broken: [] });
});

test('a full subnet is told before AWS refuses the endpoint in it', async () => {
  const landscape = { ...plainLandscape, subnets: [{ ...plainSubnet, isFull: true }] };
  expect(await driveLandscape(landscape)).toMatchObject({ ended: 'stopped', code: 'QP104', broken: [] });
});

test('an endpoint that had private DNS before, to no effect, does not keep the DNS attributes on', async () => {
  const endpoint = { service: 'sts', state: 'available', privateDns: true, admits: 'vpc', policy: 'full', owner: 'nobody' } as const;
  const landscape = { ...plainLandscape, vpc: { ...plainLandscape.vpc, dnsHostnames: false }, interfaceEndpoints: [endpoint] };
  expect(await driveLandscape(landscape)).toMatchObject({ ended: 'done', broken: [] });
});

test('a statement that only bears our Sid comes back with rollback where QP312 was accepted', async () => {
  const landscape = { ...plainLandscape, buckets: { ...plainLandscape.buckets, policy: 'our-sid' as const }, acceptances: 1 };
  expect(await driveLandscape(landscape)).toMatchObject({ ended: 'done', accepted: ['QP413', 'QP312'], broken: [] });
});
