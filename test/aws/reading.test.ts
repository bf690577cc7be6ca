// What every read and wait of AWS rests on: refusals, pages, bounded waits, marks.
import { describe, expect, test } from 'vitest';
import { allPages } from '../../src/aws/pages.ts';
import { pastDnsConflict } from '../../src/aws/private-dns.ts';
import { readOrUnknown } from '../../src/aws/refused.ts';
import { isMarked, markOf, markTags, ownerOf, placeMark } from '../../src/aws/tags.ts';
import { waitUntil } from '../../src/aws/wait.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const named = (name: string, message = 'no') => Object.assign(new Error(message), { name });
const contextOf = (controller = new AbortController()) => ({ clock: new VirtualClock(), signal: controller.signal });

describe('a read that may be refused', () => {
  test.each(['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException', 'Forbidden'])(
    'is unknown on %s, with the action',
    async (name) => {
      const read = readOrUnknown('ec2:DescribeX', () => Promise.reject(named(name)));
      await expect(read).resolves.toEqual({ known: false, action: 'ec2:DescribeX', why: 'no' });
    },
  );

  test('is known where it answers, and throws any other error on', async () => {
    await expect(readOrUnknown('ec2:DescribeX', async () => 1)).resolves.toEqual({ known: true, value: 1 });
    await expect(readOrUnknown('ec2:DescribeX', () => Promise.reject(named('InternalError')))).rejects.toThrow('no');
  });
});

describe('pages', () => {
  test('are read to the end, past empty ones', async () => {
    const pages = [
      { items: [1], next: 'a' },
      { items: [], next: 'b' },
      { items: [], next: 'c' },
      { items: [2], next: '' },
    ];
    let index = 0;
    const read = async () => pages[index++] ?? { items: [], next: undefined };
    await expect(allPages('DescribeX', read, contextOf())).resolves.toEqual([1, 2]);
  });

  test('without their list are an error, not empty', async () => {
    await expect(allPages('DescribeX', async () => ({ items: undefined, next: undefined }), contextOf())).rejects.toMatchObject({
      code: 'ANSWER',
      summary: 'reading the answer to DescribeX: it has no list',
    });
  });

  test.each([
    ['whose tokens go round', (page: number) => ({ items: [page], next: `${page % 3}` })],
    ['that are empty for ever', (page: number) => ({ items: [], next: `${page}` })],
  ])('%s are an error', async (_, answer) => {
    let page = 0;
    await expect(allPages('DescribeX', async () => answer(page++), contextOf())).rejects.toMatchObject({ code: 'PAGES' });
  });

  test('may be huge', async () => {
    const items = Array.from({ length: 300_000 }, (_, index) => index);
    expect(await allPages('DescribeX', async () => ({ items, next: undefined }), contextOf())).toHaveLength(300_000);
  });

  test('that never end are an error', async () => {
    await expect(allPages('DescribeX', async () => ({ items: [1], next: 'a' }), contextOf())).rejects.toMatchObject({
      kind: 'failed',
      code: 'PAGES',
    });
  });
});

describe('a wait', () => {
  const wait = { what: 'waiting for a thing (x-1)', timeoutSeconds: 60, everySeconds: 10 };

  test('ends when the poll answers, and tells how long it has waited', async () => {
    const seconds: number[] = [];
    let polls = 0;
    const poll = async () => (++polls === 4 ? 'there' : undefined);
    await expect(waitUntil({ ...wait, waited: (each) => seconds.push(each) }, poll, contextOf())).resolves.toBe('there');
    expect(seconds).toEqual([0, 10, 20]);
  });

  test('ends with its name after its time', async () => {
    await expect(waitUntil(wait, async () => undefined, contextOf())).rejects.toMatchObject({
      code: 'TIMEOUT',
      summary: 'waiting for a thing (x-1): not done after 60 seconds',
    });
  });

  test('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const poll = async () => controller.abort(new Error('Ctrl-C')) as undefined;
    await expect(waitUntil(wait, poll, contextOf(controller))).rejects.toThrow('Ctrl-C');
  });
});

describe('a private DNS conflict', () => {
  const conflict = named('InvalidParameter', 'private-dns-enabled cannot be set because there is already a conflicting DNS domain for x');

  test('is waited for while another endpoint is going', async () => {
    let tries = 0;
    const call = async () => {
      if (++tries < 3) throw conflict;
      return 'done';
    };
    await expect(pastDnsConflict('creating x', call, async () => true, contextOf())).resolves.toBe('done');
  });

  test('is QP103 where nothing is going; another InvalidParameter is thrown on', async () => {
    const refuse = (error: Error) =>
      pastDnsConflict(
        'creating x',
        () => Promise.reject(error),
        async () => false,
        contextOf(),
      );
    await expect(refuse(conflict)).rejects.toMatchObject({ kind: 'failed', code: 'QP103' });
    await expect(refuse(named('InvalidParameter', 'the VPC must have a Gateway endpoint'))).rejects.toThrow('Gateway endpoint');
  });
});

describe('marks and owners', () => {
  const place = { partition: 'aws', accountId: '111122223333', region: 'us-east-1', stack: 'quilt', vpc: 'vpc-1' };

  test('a mark is found again in the tags, and only the same one is ours', () => {
    const mark = { place: placeMark(place), key: 'nat/vpc-1/gateway/a' };
    const tags = markTags(mark, 'name');
    expect(markOf(tags)).toEqual(mark);
    expect(isMarked(tags, mark)).toBe(true);
    expect(isMarked(tags, { ...mark, place: placeMark({ ...place, stack: 'other' }) })).toBe(false);
    expect(markOf({ Name: 'name' })).toBeNull();
  });

  test.each([
    [{ 'aws:cloudformation:stack-id': 'x' }, 'CloudFormation'],
    [{ ManagedBy: 'Terraform' }, 'Terraform'],
    [{ 'managed-by': 'OpenTofu' }, 'Terraform'],
    [{ Terraform: 'true' }, 'Terraform'],
    [{ 'terraform.io/workspace': 'prod' }, 'Terraform'],
    [{ 'tf:module': 'vpc' }, 'Terraform'],
  ])('%o shows its owner', (tags, tool) => {
    expect(ownerOf(tags)?.tool).toBe(tool);
  });

  test.each([{}, { Name: 'terraform' }, { Terraform: 'false' }, { ManagedBy: 'hand' }])('%o shows none', (tags) => {
    expect(ownerOf(tags)).toBeNull();
  });
});
