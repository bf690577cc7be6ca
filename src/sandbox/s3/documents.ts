// Policy texts as the evaluator takes them; each text is read once.
import { type PolicyDocument, parsePolicy } from '../../policy/document.ts';

const read = new Map<string, PolicyDocument | null>();
const mostRemembered = 2_000;

/** The document of a stored policy; null where the text is no policy, and so neither allows nor denies. */
export function documentOf(text: string): PolicyDocument | null {
  const known = read.get(text);
  if (known !== undefined) return known;
  const parsed = parsePolicy(text);
  const document = parsed.ok ? parsed.document : null;
  if (read.size >= mostRemembered) read.clear();
  read.set(text, document);
  return document;
}

/** The documents of several stored policies, those that are no policies left out. */
export const documentsOf = (texts: readonly string[]): readonly PolicyDocument[] =>
  texts.flatMap((text) => {
    const document = documentOf(text);
    return document === null ? [] : [document];
  });
