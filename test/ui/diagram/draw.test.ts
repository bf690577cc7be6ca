// Pictures of the network as they are drawn: nothing covers a text, and all that is said stands in words too.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawNetwork } from '../../../src/ui/diagram/draw.ts';
import type { FlowVerdict, NetworkPicture, NodeKind, PictureNode } from '../../../src/ui/diagram/types.ts';
import { crossedOf, outsideOf, overlapsOf, segmentsOf, sizeOf, textsOf } from '../../support/svg-geometry.ts';

const node = (id: string, kind: NodeKind, over: Partial<PictureNode> = {}): PictureNode => ({
  id,
  kind,
  title: id,
  details: [`${id}-0123456789abcdef0`],
  isNew: false,
  ...over,
});

const aPicture = (over: Partial<NetworkPicture> = {}): NetworkPicture => ({
  title: 'The network after the change',
  clients: [node('operator', 'client'), node('elsewhere', 'client')],
  accounts: [
    {
      id: '111122223333',
      title: 'Account 111122223333',
      vpcs: [
        {
          id: 'vpc-0a1b',
          title: 'quilt (vpc-0a1b)',
          details: ['10.0.0.0/16'],
          zones: [
            { name: 'us-east-1a', subnets: [node('private-a', 'subnets'), node('public-a', 'subnets')] },
            { name: 'us-east-1b', subnets: [node('private-b', 'subnets')] },
          ],
          gateways: [
            node('vpce', 's3-endpoint', { title: 'S3 gateway endpoint', details: ['vpce-1'], isNew: true }),
            node('igw', 'internet-gateway', { title: 'Internet gateway', details: ['igw-1'] }),
          ],
        },
      ],
    },
  ],
  services: [node('buckets', 'buckets', { title: '3 buckets in us-east-1' })],
  flows: [
    { path: ['private-a', 'vpce', 'buckets'], verdict: 'passes', label: 'from vpc-0a1b' },
    { path: ['private-b', 'vpce', 'buckets'], verdict: 'passes', label: 'from vpc-0a1b' },
    { path: ['public-a', 'igw', 'buckets'], verdict: 'unknown', label: "from each client's own address" },
    { path: ['operator', 'buckets'], verdict: 'passes', label: 'from 198.51.100.7' },
    { path: ['elsewhere', 'buckets'], verdict: 'denied', label: 'from elsewhere' },
  ],
  notes: ['A note.'],
  ...over,
});

/** What is wrong with where things stand: nothing, for a picture that can be read. */
function faultsOf(svg: string): readonly string[] {
  const texts = textsOf(svg);
  expect(texts.filter(({ left, right }) => right > left)).not.toEqual([]);
  // A label stands on its own line, and its ground hides the line.
  const labels = new Set([...svg.matchAll(/class="(?:passes|denied|unknown)" text-anchor="middle">([^<]*)</g)].map(([, text]) => text));
  const others = texts.filter(({ text }) => !labels.has(text) && !['passes', 'denied by the perimeter', 'cannot be told'].includes(text));
  return [...overlapsOf(texts), ...outsideOf(texts, sizeOf(svg)), ...crossedOf(others, segmentsOf(svg))];
}

describe('a drawn network', () => {
  test('no text stands on another, leaves the picture or is crossed by a line', async () => {
    const { svg } = await drawNetwork(aPicture(), { idPrefix: 'network' });
    expect(faultsOf(svg)).toEqual([]);
  });

  test('a text that stands on another, outside, or under a line is found', () => {
    const drawn = (text: string) => `<svg viewBox="0 0 200 100"><style>#n text{font-size:10px}</style>${text}</svg>`;
    const at = (x: number, y: number) => `<text x="${x}" y="${y}" class="detail">word</text>`;
    expect(faultsOf(drawn(at(10, 20) + at(120, 80)))).toEqual([]);
    expect(faultsOf(drawn(at(10, 20) + at(30, 24)))).toEqual(['word / word']);
    expect(faultsOf(drawn(at(190, 20)))).toEqual(['word']);
    expect(faultsOf(drawn(`${at(10, 20)}<path d="M0 17 L90 17" class="leg passes"/>`))).toEqual(['word']);
  });

  test('what passes, what is denied and what cannot be told differ in their dashes and ends, not in colour alone', async () => {
    const { svg } = await drawNetwork(aPicture(), { idPrefix: 'network' });
    const ends = (verdict: string) => [...svg.matchAll(new RegExp(`class="leg ${verdict}" marker-end="url\\(#network-(\\w+)\\)"`, 'g'))];
    for (const verdict of ['passes', 'denied', 'unknown']) {
      expect(ends(verdict).map(([, end]) => end)).toContain(verdict);
      expect(svg).toContain(`<marker id="network-${verdict}"`);
    }
    expect(svg).toMatch(/\.leg\.denied\{[^}]*stroke-dasharray:7 4/);
    expect(svg).toMatch(/\.leg\.unknown\{[^}]*stroke-dasharray:2 4/);
    expect(svg).not.toMatch(/\.leg\.passes\{[^}]*dasharray/);
  });

  test('is an image with a title and a description, which says every flow', async () => {
    const { svg, alt } = await drawNetwork(aPicture(), { idPrefix: 'network' });
    expect(svg).toMatch(/<svg [^>]*role="img" aria-labelledby="network-title network-desc"/);
    expect(svg).toContain('<title id="network-title">The network after the change</title>');
    expect(alt).toBe(
      [
        'The network after the change.',
        'Passes: private-a, private-b through S3 gateway endpoint vpce-1 to 3 buckets in us-east-1; operator to 3 buckets in us-east-1.',
        'Denied by the perimeter: elsewhere to 3 buckets in us-east-1.',
        'Cannot be told: public-a through Internet gateway igw-1 to 3 buckets in us-east-1.',
        'A note.',
      ].join(' '),
    );
    expect(svg).toContain(`<desc id="network-desc">${alt}</desc>`);
  });

  test('lines that lead alike from one box to the next are one, and what S3 sees is said once for all of a box', async () => {
    const eu = node('eu', 'buckets', { title: '1 bucket in eu-west-1' });
    const { services, flows } = aPicture();
    const more = { path: ['private-a', 'vpce', 'eu'] as const, verdict: 'passes' as const, label: 'from vpc-0a1b' };
    const { svg } = await drawNetwork(aPicture({ services: [...services, eu], flows: [...flows, more] }), { idPrefix: 'network' });
    expect(textsOf(svg).filter(({ text }) => text === 'from vpc-0a1b')).toHaveLength(1);
    // Three subnets to their gateways, two from the endpoint, one from the Internet gateway, two clients; three in the legend.
    expect(svg.match(/class="leg /g)).toHaveLength(3 + 2 + 1 + 2 + 3);
  });

  test('names are text, whatever characters they have', async () => {
    const title = '<b>"R&D"</b>';
    const { svg, alt } = await drawNetwork(aPicture({ clients: [node('operator', 'client', { title }), node('elsewhere', 'client')] }), {
      idPrefix: 'network',
    });
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('&lt;b&gt;&quot;R&amp;D&quot;&lt;/b&gt;');
    expect(alt).toContain(title);
  });

  test('the same picture is drawn the same, and two pictures on a page share no id', async () => {
    const [one, again, other] = await Promise.all(['a', 'a', 'b'].map((idPrefix) => drawNetwork(aPicture(), { idPrefix })));
    expect(one).toEqual(again);
    const ids = (svg = '') => [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids(one?.svg).filter((id) => ids(other?.svg).includes(id))).toEqual([]);
  });

  test('loads nothing from elsewhere and runs no script', async () => {
    const { svg } = await drawNetwork(aPicture(), { idPrefix: 'network' });
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|<script|@import|href=|url\((?!#)/);
  });

  test('a network without anything is still a picture', async () => {
    const empty = { title: 'Nothing', clients: [], accounts: [], services: [], flows: [], notes: [] };
    const { alt, svg } = await drawNetwork(empty, { idPrefix: 'network' });
    expect(alt).toBe('Nothing. Nothing reaches the buckets.');
    expect(svg).toContain('</svg>');
  });
});

test('whatever stands in it, no text stands on another, leaves the picture or is crossed', async () => {
  const name = fc
    .string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'abcdefWM-._/ 019Ä漢:') })
    .filter((text) => text.trim() !== '');
  const verdict = fc.constantFrom<FlowVerdict>('passes', 'denied', 'unknown');
  const picture = fc
    .record({
      zones: fc.array(fc.array(name, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      gateways: fc.array(name, { minLength: 1, maxLength: 3 }),
      clients: fc.array(name, { minLength: 1, maxLength: 3 }),
      services: fc.array(name, { minLength: 1, maxLength: 3 }),
      links: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), verdict, name), { minLength: 1, maxLength: 12 }),
    })
    .map(({ zones, gateways, clients, services, links }): NetworkPicture => {
      const titled = (prefix: string, titles: readonly string[], kind: NodeKind) =>
        titles.map((title, index) => node(`${prefix} ${index}`, kind, { title, isNew: index === 1 }));
      const [ways, ends, askers] = [
        titled('gateway', gateways, 'nat-gateway'),
        titled('service', services, 'buckets'),
        titled('client', clients, 'client'),
      ];
      const ofZones = zones.map((titles, index) => ({ name: `zone-${index}`, subnets: titled(`subnet ${index}`, titles, 'subnets') }));
      const starts = [...askers, ...ofZones.flatMap(({ subnets }) => subnets)];
      const pick = (from: readonly PictureNode[], n: number): string => from[n % from.length]?.id ?? '';
      return aPicture({
        clients: askers,
        services: ends,
        accounts: [{ id: '1', title: 'Account 1', vpcs: [{ id: 'vpc-1', title: 'vpc-1', details: [], zones: ofZones, gateways: ways }] }],
        flows: links.map(([a, b, c, its, label]) => {
          const from = pick(starts, a);
          const to = pick(ends, c);
          return { path: from.startsWith('client') ? [from, to] : [from, pick(ways, b), to], verdict: its, label };
        }),
      });
    });
  await fc.assert(
    fc.asyncProperty(picture, async (drawn) => {
      expect(faultsOf((await drawNetwork(drawn, { idPrefix: 'network' })).svg)).toEqual([]);
    }),
    { numRuns: 100 },
  );
}, 60_000);
