// Every code of the catalogue has its tests in this folder, or a reason why not.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue, type FindingCode } from '../../src/findings.ts';

const elsewhere: { readonly [code in FindingCode]?: string } = {};

const folder = new URL('.', import.meta.url);
const tested = new Set(
  readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(new URL(name, folder), 'utf8').matchAll(/^(?:findingCases|describe)\('([^']+)'/gm)])
    .flatMap(([, codes = '']) => codes.split(', ')),
);

test('every code of the catalogue is tested here or has a reason', () => {
  const codes = Object.keys(catalogue);
  expect(codes.filter((code) => !tested.has(code)).sort()).toEqual(Object.keys(elsewhere).sort());
  expect([...tested].filter((code) => !codes.includes(code))).toEqual([]);
});

test('the severities that the rules name are those of the catalogue', () => {
  for (const [code, { severity, when }] of Object.entries(catalogue)) expect(when, code).toContain(severity);
});
