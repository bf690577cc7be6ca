// Findings that go through the buckets in scope say so where the account's buckets could not be listed.
import { type Finding, type FindingCode, unknownFinding } from '../findings.ts';
import type { Choices } from './choices.ts';
import type { Landscape } from './landscape.ts';

/** This code as unknown where only the test bucket is known of all that the patterns match; empty where all are. */
export const unlistedBuckets = (code: FindingCode, { survey }: Pick<Landscape, 'survey'>, choices: Choices): readonly Finding[] =>
  survey.buckets.known ? [] : [unknownFinding(code, survey.buckets.action, survey.buckets.why, choices.buckets)];
