/** The icon in the browser's tab: the mark of `page.ts` on a ground of its own, legible on light and dark tabs. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#2f5d62"/>
<path d="M8.5 26V13.5a7.5 7.5 0 0 1 15 0V26" fill="none" stroke="#fff" stroke-width="2"/>
<path d="M12 26V13.6l7-2.2V26z" fill="#f2b36b"/>
<path d="M6.5 26h19" stroke="#fff" stroke-width="2" stroke-linecap="round"/>
</svg>
`;
