/**
 * The script of the report: the values under the pointer, the theme, and the record as a file. It is text that is put into the page
 * as it is, so it uses nothing from outside, and without it the page only loses these three.
 */
export const PAGE_SCRIPT = `
(() => {
  const root = document.documentElement;
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  document.body.append(tip);
  const show = (event) => {
    const at = event.target instanceof Element ? event.target.closest('[data-tip]') : null;
    tip.hidden = at === null;
    if (at === null) return;
    tip.textContent = at.getAttribute('data-tip');
    const { width, height } = tip.getBoundingClientRect();
    const x = Math.min(event.clientX + 14, innerWidth - width - 8);
    const above = event.clientY - height - 14;
    tip.style.left = Math.max(8, x) + 'px';
    tip.style.top = (above < 8 ? event.clientY + 18 : above) + 'px';
  };
  addEventListener('pointermove', show);
  addEventListener('pointerdown', show);
  addEventListener('scroll', () => { tip.hidden = true; }, { passive: true });
  const theme = document.getElementById('theme');
  theme.hidden = false;
  theme.addEventListener('click', () => {
    const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = isDark ? 'light' : 'dark';
  });
  const save = document.getElementById('save');
  save.hidden = false;
  save.addEventListener('click', () => {
    const text = document.getElementById('record').textContent;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    link.download = save.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  addEventListener('beforeprint', () => { tip.hidden = true; });
})();
`;
