// The style sheet of report.html, and its hash, which the page's policy names: no other style and no script can run in it.

/** No backslash and no `<` in it: it stands in the page as it is. */
export const style = `
:root{color-scheme:light dark;--paper:#fcfcfa;--card:#fff;--ink:#1d2329;--soft:#5c6670;--line:#e0e2dd;--code:#f3f4f0;--link:#1f5673;--good:#1f6b3a;--bad:#a3261f;--warn:#8a5300;--unknown:#6b3fa0}
@media (prefers-color-scheme:dark){:root{--paper:#15181b;--card:#1b1f23;--ink:#dfe3e6;--soft:#98a2ab;--line:#30363b;--code:#22272c;--link:#86bfdc;--good:#7cc796;--bad:#f0958c;--warn:#e0b060;--unknown:#c4a5ee}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:62rem;margin:0 auto;padding:3rem 1.5rem 5rem}
h1{margin:0 0 1.25rem;font-size:1.9rem;line-height:1.2;font-weight:650;letter-spacing:-.015em}
h2{margin:3.5rem 0 1rem;padding-bottom:.4rem;border-bottom:1px solid var(--line);font-size:1.3rem;font-weight:650}
h3{margin:2rem 0 .6rem;font-size:1rem;font-weight:650}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
code,pre,.n,time{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em;font-variant-ligatures:none}
code,b,dd,td,pre{overflow-wrap:anywhere;unicode-bidi:isolate}
b{font-weight:600}
nav{margin:1.5rem 0 0;color:var(--soft)}
nav a{margin-right:1.25rem}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1.25rem;margin:0}
dt{color:var(--soft)}
dd{margin:0}
.caution{margin:1.75rem 0 0;padding:.9rem 1.2rem;border-left:3px solid var(--warn);background:var(--card);font-size:.93rem}
.caution p{margin:.35rem 0}
.run{margin:0 0 1rem;padding:1rem 1.25rem 1.1rem;background:var(--card);border:1px solid var(--line);border-radius:8px}
.run h3{margin:0 0 .6rem}
.run dl{grid-template-columns:max-content minmax(0,1fr) max-content minmax(0,1fr)}
.day{position:sticky;top:0;z-index:1;margin:2rem 0 0;padding:.45rem 0;background:var(--paper);border-bottom:1px solid var(--line)}
.e{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:0 1.25rem;padding:.8rem 0;border-bottom:1px solid var(--line);scroll-margin-top:3rem}
.e:target{background:var(--code)}
.w{color:var(--soft)}
.n,.w time{display:block}
.s{margin:0}
.o{margin:.1rem 0 0;color:var(--soft);font-size:.87rem}
.m{display:inline-block;margin-right:.35rem;padding:0 .5em;border:1px solid;border-radius:4px;font-size:.8rem;font-weight:650;line-height:1.5;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.unknown{color:var(--unknown)}.quiet{color:var(--soft)}
.e{color:var(--ink)}
.e.bad{box-shadow:-8px 0 0 var(--paper),-11px 0 0 var(--bad)}
.e.unknown{box-shadow:-8px 0 0 var(--paper),-11px 0 0 var(--unknown)}
.e.warn{box-shadow:-8px 0 0 var(--paper),-11px 0 0 var(--warn)}
.e dl{grid-template-columns:8.5rem minmax(0,1fr);margin:.5rem 0 0;font-size:.93rem}
.f{margin:.45rem 0 0;color:var(--soft);font-size:.8rem;overflow-wrap:anywhere}
.f span{margin-right:1rem}
.x{color:var(--soft);font-style:italic}
details{margin:0}
summary{cursor:pointer;color:var(--soft)}
pre{margin:.35rem 0;padding:.65rem .9rem;background:var(--code);border-radius:6px;white-space:pre-wrap;line-height:1.45;tab-size:4}
.left{margin:.2rem 0;color:var(--soft);font-style:italic}
.totals{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:0 2.5rem}
table{width:100%;border-collapse:collapse;font-size:.93rem}
td{padding:.25rem 0;border-bottom:1px solid var(--line)}
td+td{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-left:1rem}
@media (max-width:40rem){.e{grid-template-columns:1fr}.n,.w time{display:inline;margin-right:.6rem}dl,.run dl,.e dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.4rem}}
@media screen{.e{content-visibility:auto;contain-intrinsic-size:auto 7rem}}
@media print{
:root{color-scheme:light;font-size:9.5pt;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--code:#f4f4f2;--link:#000;--good:#14532d;--bad:#8f1d16;--warn:#6d4200;--unknown:#52307d}
@page{margin:16mm 14mm}
main{max-width:none;padding:0}
nav{display:none}
.day{position:static}
h2,h3,summary,.s,.o,dt{break-after:avoid}
.run,.s,.caution{break-inside:avoid}
details::details-content{display:block;content-visibility:visible;block-size:auto}
pre{border:1px solid var(--line)}
}
`;

/** SHA-256 of the text between the tags, base64. */
export const styleHash = 'SPH+pCMk/SloQ8TNMlk2aekSv92NOBXogtGNkAXkoDU=';
