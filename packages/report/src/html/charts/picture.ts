/**
 * The pixels of a row as a picture: a bitmap of sixteen greys, dark ink on white, inside the address of the image. A bitmap
 * needs no compression, so a picture of 8 × 8 pixels takes 300 characters and one of 28 × 28 takes 800.
 *
 * Source: Microsoft, Windows Bitmap, BITMAPINFOHEADER with four bits a pixel.
 */
import type { ImageFacts } from '../../record/data-facts.ts';
import { markup, type Markup } from '../markup.ts';

const LEVELS = 16;
const HEADER = 54;

/**
 * The element of a picture.
 *
 * @param pixels - row by row, from the upper left corner; `image.width` · `image.height` of them
 * @param says - what the picture shows, for readers who do not see it
 */
export function picture(pixels: readonly number[], image: ImageFacts, says: string): Markup {
  const address = `data:image/bmp;base64,${base64(bitmap(pixels, image))}`;
  return markup`<img src="${address}" width="${image.width}" height="${image.height}" alt="${says}"/>`;
}

function bitmap(pixels: readonly number[], { width, height, low, high }: ImageFacts): Uint8Array {
  const stride = 4 * Math.ceil(width / 8);
  const start = HEADER + 4 * LEVELS;
  const bytes = new Uint8Array(start + stride * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, start, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  // A negative height means that the first row is the upper one.
  view.setInt32(22, -height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 4, true);
  view.setUint32(46, LEVELS, true);
  for (let level = 0; level < LEVELS; level++) {
    const grey = 255 - Math.round((255 * level) / (LEVELS - 1));
    bytes.fill(grey, HEADER + 4 * level, HEADER + 4 * level + 3);
  }
  const range = high === low ? 1 : high - low;
  for (let at = 0; at < width * height; at++) {
    const share = Math.min(1, Math.max(0, ((pixels[at] ?? low) - low) / range));
    const level = Math.round(share * (LEVELS - 1));
    const [row, column] = [Math.floor(at / width), at % width];
    const byte = start + row * stride + (column >> 1);
    bytes[byte] = (bytes[byte] ?? 0) | (column % 2 === 0 ? level << 4 : level);
  }
  return bytes;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64, written here because not every platform has a function for it. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const group = (a << 16) | (b << 8) | c;
    for (let digit = 0; digit < 4; digit++) text += DIGITS[(group >> (18 - 6 * digit)) & 63];
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - missing) + '='.repeat(missing);
}
