// Draws a picture of the network as SVG that stands on a page by itself: no script, no other file, light, dark and printed.
import { altOf } from './alt.ts';
import { placed } from './layout.ts';
import { svgOf } from './svg.ts';
import type { NetworkPicture } from './types.ts';

/**
 * Lays the picture out and draws it.
 * @param options.idPrefix the picture's id, unique on the page: a letter, then letters, digits and hyphens
 * @returns the SVG, and the same in words, which it has inside too
 */
export async function drawNetwork(
  picture: NetworkPicture,
  { idPrefix }: { readonly idPrefix: string },
): Promise<{ readonly svg: string; readonly alt: string }> {
  const alt = altOf(picture);
  return { svg: svgOf(await placed(picture), idPrefix, picture.title, alt), alt };
}
