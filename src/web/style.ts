/** The one stylesheet of our pages. System fonts, no images, nothing fetched. */
export const STYLE = `/* Colours meet WCAG 2.2 AA (4.5 to 1 for text) on the grounds that they stand on, in both schemes. */
:root {
  color-scheme: light dark;
  --ground: #f5f4f1;
  --card: #ffffff;
  --line: #dedbd4;
  --ink: #22272a;
  --soft: #5b6468;
  --brand: #2f5d62;
  --brand-strong: #234a4e;
  --on-brand: #ffffff;
  --leaf: #c8792b;
  --denied: #9c3325;
  --denied-ground: #fbeae6;
  --failure: #7a5208;
  --failure-ground: #fbf0da;
  --request: #4a5560;
  --request-ground: #eceff1;
  --done: #2c6440;
  --done-ground: #e5f2e9;
  --shadow: 0 1px 2px rgb(30 35 38 / 6%), 0 8px 24px rgb(30 35 38 / 6%);
}

@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15191b;
    --card: #1e2427;
    --line: #343c40;
    --ink: #e7e9e8;
    --soft: #a3adb0;
    --brand: #8fc3c7;
    --brand-strong: #a9d4d7;
    --on-brand: #10272a;
    --leaf: #f2b36b;
    --denied: #f2a698;
    --denied-ground: #43231d;
    --failure: #f0c678;
    --failure-ground: #40310f;
    --request: #c0cad0;
    --request-ground: #2e363b;
    --done: #9cd4ae;
    --done-ground: #1d3a28;
    --shadow: 0 1px 2px rgb(0 0 0 / 30%), 0 8px 24px rgb(0 0 0 / 25%);
  }
}

* { box-sizing: border-box; }

body {
  margin: 0;
  min-height: 100vh;
  display: flex;
  flex-direction: column;
  background: var(--ground);
  color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}

h1 { margin: 0 0 0.4rem; font-size: 1.6rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 0 0 0.4rem; font-size: 1.2rem; line-height: 1.3; font-weight: 650; }
p { margin: 0 0 0.9rem; }
code { font: 0.9em ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
a { color: var(--brand); }
:focus-visible { outline: 3px solid var(--leaf); outline-offset: 2px; }

.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

/* The frame of every page */

.top { background: var(--card); border-bottom: 1px solid var(--line); }
.top .inner { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.6rem; max-width: 70rem; margin: 0 auto; padding: 0.7rem 1.25rem; min-height: 4rem; }
.mark { flex: none; fill: none; stroke: var(--brand); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.mark-leaf { fill: var(--leaf); stroke: none; }
.logo { flex: none; height: 24px; width: auto; max-width: 10rem; }
.domain { font-weight: 600; }
.account { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 0.3rem 1.6rem; margin-left: auto; }
.account nav { display: flex; flex-wrap: wrap; gap: 0 1.2rem; font-size: 0.94rem; }
.account nav a { padding: 0.35rem 0; font-weight: 550; text-decoration: none; }
.account nav a:hover { text-decoration: underline; }
.who { color: var(--soft); font-size: 0.9rem; }
.who strong { color: var(--ink); font-weight: 600; }

main { flex: 1; width: 100%; max-width: 70rem; margin: 0 auto; padding: 2.2rem 1.25rem; }
.card main { display: flex; flex-direction: column; align-items: center; padding-top: min(9vh, 5rem); }
.bottom { padding: 1.2rem 1.25rem; text-align: center; color: var(--soft); font-size: 0.85rem; }

/* One message */

article.card { width: 100%; max-width: 33rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); }
article.card > :last-child, section.card > :last-child, .request > :last-child { margin-bottom: 0; }
.contact { font-weight: 550; }
.lead { font-size: 1.08rem; color: var(--soft); }
.lead strong { color: var(--ink); font-weight: 600; }
.hint { color: var(--soft); font-size: 0.88rem; }

.badge { display: inline-block; margin: 0 0 1rem; padding: 0.2rem 0.7rem; border-radius: 999px; font-size: 0.84rem; font-weight: 600; }
.tone-denied .badge { background: var(--denied-ground); color: var(--denied); }
.tone-failure .badge { background: var(--failure-ground); color: var(--failure); }
.tone-request .badge { background: var(--request-ground); color: var(--request); }
.tone-done .badge { background: var(--done-ground); color: var(--done); }

.facts { margin: 1.3rem 0; border-top: 1px solid var(--line); font-size: 0.94rem; }
.facts div { display: grid; grid-template-columns: 8rem 1fr; gap: 0 1rem; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
.facts div:last-child { border-bottom-color: transparent; }
article.card .facts div:last-child { border-bottom-color: var(--line); }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }

.actions { display: flex; flex-wrap: wrap; gap: 0.7rem; margin: 1.4rem 0 0; }
.button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.6rem; padding: 0.4rem 1.1rem; border: 1px solid transparent; border-radius: 8px; font: inherit; font-weight: 550; text-align: center; text-decoration: none; cursor: pointer; }
.button.primary { background: var(--brand); color: var(--on-brand); }
.button.primary:hover { background: var(--brand-strong); }
.button.plain { background: transparent; border-color: var(--line); color: var(--ink); }
.button.plain:hover { border-color: var(--soft); }

.choices { list-style: none; margin: 1.4rem 0; padding: 0; display: grid; gap: 0.7rem; }
.choices .button { width: 100%; min-height: 3rem; }
.choices .fields, .choices .fields > .actions { margin: 0; }
.by-email { margin: 1.4rem 0; }
.by-email label { display: block; margin-bottom: 0.3rem; font-weight: 550; }

/* Forms */

.fields { margin: 1rem 0; }
.fields label { display: block; margin-bottom: 0.3rem; font-weight: 550; }
.fields input { width: 100%; min-height: 2.6rem; padding: 0.4rem 0.8rem; border: 1px solid var(--soft); border-radius: 8px; background: var(--card); color: var(--ink); font: inherit; }
.fields input.code { font: 1.25rem ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; letter-spacing: 0.08em; }
.field { display: grid; gap: 0.3rem; }
.field label { font-weight: 550; }
::placeholder { color: var(--soft); opacity: 1; }
textarea, select { padding: 0.5rem 0.7rem; border: 1px solid var(--soft); border-radius: 8px; background: var(--card); color: var(--ink); font: inherit; }
select { min-height: 2.6rem; }
.button:disabled { opacity: 0.55; cursor: default; }
.notice { margin: 0 0 1.2rem; padding: 0.6rem 0.9rem; border-radius: 8px; background: var(--failure-ground); color: var(--failure); }
.notice a { color: inherit; font-weight: 600; }
.problem { margin: 0 0 1.2rem; padding: 0.6rem 0.9rem; border-radius: 8px; background: var(--denied-ground); color: var(--denied); }
.or { margin: 0; color: var(--soft); text-align: center; }

/* The account */

section.card { margin: 0 0 1.2rem; padding: 1.4rem 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
h3 { margin: 1.4rem 0 0.3rem; font-size: 1.02rem; font-weight: 650; }
.rows { list-style: none; margin: 0; padding: 0; }
.rows li { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; padding: 0.7rem 0; border-bottom: 1px solid var(--line); }
.rows li:last-child { border-bottom: 0; padding-bottom: 0; }
.row-text { flex: 1 1 16rem; min-width: 0; }
.row-text .hint { display: block; }
.mark-word { padding: 0.05rem 0.5rem; border-radius: 999px; background: var(--done-ground); color: var(--done); font-size: 0.82rem; font-weight: 600; }
.mark-word.waiting { background: var(--request-ground); color: var(--request); }
.steps { padding-left: 1.2rem; }
.qr { margin: 0.8rem 0; max-width: 15rem; }
.qr svg { display: block; width: 100%; height: auto; border-radius: 8px; }
.key { white-space: normal; word-spacing: 0.15em; }
.codes { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.4rem 2rem; padding-left: 1.6rem; }

/* Requests for access */

.requests { list-style: none; margin: 0 0 2rem; padding: 0; display: grid; gap: 1rem; }
.request { padding: 1.15rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.request h3 { margin: 0; font-size: 1.05rem; }

/* The portal */

.portal-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.8rem 1.5rem; margin-bottom: 1.5rem; }
.portal-head h1 { margin: 0; }
.search { display: flex; gap: 0.5rem; flex: 0 1 24rem; }
.search input { flex: 1; min-width: 0; min-height: 2.6rem; padding: 0.4rem 0.8rem; border: 1px solid var(--soft); border-radius: 8px; background: var(--card); color: var(--ink); font: inherit; }

.grid { list-style: none; margin: 0 0 1.2rem; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem; }
.grid + section { margin-top: 2.2rem; }
section > .grid { margin-top: 0.8rem; }
.grid li { display: flex; }
.service { display: flex; gap: 1rem; width: 100%; padding: 1.15rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; color: inherit; text-decoration: none; }
.service:hover { border-color: var(--brand); box-shadow: var(--shadow); }
.icon { flex: none; display: grid; place-items: center; width: 2.9rem; height: 2.9rem; border-radius: 10px; font-weight: 650; }
.picture { object-fit: cover; background: var(--card); }
.needs { align-self: flex-start; margin: 0.1rem 0 0.4rem; padding: 0.05rem 0.55rem; border-radius: 999px; background: var(--request-ground); color: var(--request); font-size: 0.8rem; font-weight: 600; }
.text { display: flex; flex-direction: column; min-width: 0; }
.title { font-weight: 600; }
.description { color: var(--soft); font-size: 0.92rem; line-height: 1.4; margin: 0.1rem 0 0.35rem; }
.host { margin-top: auto; color: var(--soft); font-size: 0.82rem; }
.empty { padding: 2.5rem 1.5rem; text-align: center; background: var(--card); border: 1px dashed var(--line); border-radius: 14px; }
.empty .actions { justify-content: center; }

.tint-0 { background: hsl(190 28% 88%); color: hsl(190 48% 24%); }
.tint-1 { background: hsl(28 60% 88%); color: hsl(28 80% 24%); }
.tint-2 { background: hsl(262 32% 88%); color: hsl(262 52% 24%); }
.tint-3 { background: hsl(140 28% 88%); color: hsl(140 48% 24%); }
.tint-4 { background: hsl(345 38% 88%); color: hsl(345 58% 24%); }
.tint-5 { background: hsl(215 42% 88%); color: hsl(215 62% 24%); }
.tint-6 { background: hsl(48 55% 88%); color: hsl(48 75% 24%); }
.tint-7 { background: hsl(300 26% 88%); color: hsl(300 46% 24%); }
@media (prefers-color-scheme: dark) {
  .tint-0 { background: hsl(190 22% 24%); color: hsl(190 43% 84%); }
  .tint-1 { background: hsl(28 54% 24%); color: hsl(28 75% 84%); }
  .tint-2 { background: hsl(262 26% 24%); color: hsl(262 47% 84%); }
  .tint-3 { background: hsl(140 22% 24%); color: hsl(140 43% 84%); }
  .tint-4 { background: hsl(345 32% 24%); color: hsl(345 53% 84%); }
  .tint-5 { background: hsl(215 36% 24%); color: hsl(215 57% 84%); }
  .tint-6 { background: hsl(48 49% 24%); color: hsl(48 70% 84%); }
  .tint-7 { background: hsl(300 20% 24%); color: hsl(300 41% 84%); }
}

@media (max-width: 34rem) {
  main { padding: 1.2rem 0.9rem; }
  .card main { padding-top: 1.2rem; }
  article.card { padding: 1.4rem 1.2rem; }
  .account { margin-left: 0; width: 100%; justify-content: flex-start; }
  .search { flex-basis: 100%; }
  .facts div { grid-template-columns: 1fr; }
  article.card .actions .button { flex: 1 1 100%; }
}

@media (forced-colors: active) {
  .button, .badge { border: 1px solid; }
}

@media print {
  .actions, .search, .account nav { display: none; }
}
`;
