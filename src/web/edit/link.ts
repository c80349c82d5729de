/** A text in the part of an address behind `#`, which browsers send to nobody. */

const BEGINS = /^#edit=([A-Za-z0-9_-]+)/;

export function hasText(fragment: string): boolean {
  return BEGINS.test(fragment);
}

/** The text that a fragment such as `#edit=...` brings; null where it cannot be read. */
export async function textIn(fragment: string): Promise<string | null> {
  const packed = BEGINS.exec(fragment)?.[1];
  if (packed === undefined) return null;
  try {
    const letters = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return await limited(stream);
  } catch {
    return null;
  }
}

/** No file of a guideline may be larger. */
const MOST = 1 << 20;

async function limited(stream: ReadableStream<Uint8Array>): Promise<string | null> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = stream.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > MOST) return null;
  }
}

/** The fragment that brings a text back. */
export async function fragmentOf(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  const packed = btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `#edit=${packed}`;
}
