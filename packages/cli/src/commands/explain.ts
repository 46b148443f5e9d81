export async function explain(): Promise<number> {
  return 0;
}
