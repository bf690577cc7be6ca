// How the page looks: one accent, light and dark by the reader's choice, and black on white on paper.

const light =
  '--paper:#f4f6f9;--card:#ffffff;--ink:#1b2430;--soft:#525d6b;--line:#d5dbe3;--accent:#1d5cb8;--wash:#e8effa;--good:#14724a;--good-wash:#e4f4ec;--bad:#b8232f;--bad-wash:#fcebec;--warn:#7a4e00;--warn-wash:#fbf1dd;--code:#eef1f5';
const dark =
  '--paper:#0c1117;--card:#141b24;--ink:#e6ebf2;--soft:#a9b4c2;--line:#2c3744;--accent:#84b6ff;--wash:#182842;--good:#4fc48d;--good-wash:#10291f;--bad:#ff8f8f;--bad-wash:#341a1e;--warn:#e3b34f;--warn-wash:#2e2412;--code:#1b2430';

export const style = `
:root{${light};color-scheme:light dark}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
code{background:var(--code);border-radius:4px;padding:.1em .3em}
a{color:var(--accent)}
h1,h2,h3{line-height:1.25;text-wrap:balance;overflow-wrap:break-word}
h1{font-size:clamp(1.7rem,4.5vw,2.5rem);margin:.5rem 0;letter-spacing:-.015em}
h2{font-size:1.45rem;margin:0 0 .75rem;letter-spacing:-.01em}
h3{font-size:1.08rem;margin:1.75rem 0 .5rem}
p{margin:.5rem 0}
.skip{position:absolute;left:-9999px}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:2}
.page{max-width:76rem;margin:0 auto;padding:0 clamp(1rem,4vw,2.5rem)}
.masthead{background:var(--card);border-bottom:1px solid var(--line);border-top:6px solid var(--tone);padding:clamp(1.5rem,4vw,2.75rem) 0 1.75rem}
.is-change-request,.is-under-way{--tone:var(--accent);--tone-wash:var(--wash)}
.is-applied{--tone:var(--warn);--tone-wash:var(--warn-wash)}
.is-evidence{--tone:var(--good);--tone-wash:var(--good-wash)}
.stage{display:inline-block;margin:0;padding:.25rem .8rem;border-radius:99px;background:var(--tone-wash);color:var(--tone);border:1px solid currentColor;font-weight:700;font-size:.9rem}
.lede{font-size:1.18rem;max-width:46rem;margin:.25rem 0 1rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.6rem 1.5rem;margin:1.25rem 0 0}
.facts dt{font-size:.8rem;color:var(--soft)}
.facts dd{margin:0}
.callout{border-left:4px solid var(--warn);background:var(--warn-wash);padding:.7rem 1rem;border-radius:0 8px 8px 0;margin:1rem 0;max-width:60rem}
.callout.bad{border-color:var(--bad);background:var(--bad-wash)}
.callout.good{border-color:var(--good);background:var(--good-wash)}
.callout.note{border-color:var(--accent);background:var(--wash)}
.body{display:grid;grid-template-columns:minmax(0,1fr);gap:0 2.5rem;padding-top:1.5rem;padding-bottom:3rem}
nav{font-size:.92rem}
nav ol{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.35rem .5rem}
nav a{display:block;padding:.25rem .6rem;border:1px solid var(--line);border-radius:99px;text-decoration:none;background:var(--card)}
@media (min-width:70rem){
.body{grid-template-columns:11.5rem minmax(0,1fr)}
nav{position:sticky;top:1.5rem;align-self:start}
nav ol{display:block;border-left:2px solid var(--line)}
nav a{border:0;border-radius:0;background:none;padding:.25rem 0 .25rem .9rem;color:var(--ink)}
nav a:hover{color:var(--accent)}}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:clamp(1.1rem,3vw,1.9rem);margin:0 0 1.5rem;scroll-margin-top:1rem}
nav+main{margin-top:1.25rem}
@media (min-width:70rem){nav+main{margin-top:0}}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.75rem;margin:0 0 1.5rem;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:.85rem 1.1rem}
.tiles strong{display:block;font-size:1.75rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles li>span{color:var(--soft);font-size:.9rem}
.tiles .bad strong{color:var(--bad)}.tiles .good strong{color:var(--good)}.tiles .warn strong{color:var(--warn)}
.pass{list-style:none;padding:0;margin:.75rem 0}
.pass li{padding:.4rem 0 .4rem 2rem;position:relative;border-top:1px solid var(--line)}
.pass li:first-child{border-top:0}
.pass li::before{content:'✓';position:absolute;left:.35rem;color:var(--good);font-weight:700}
.pass li.others::before{content:'✗';color:var(--bad)}
.rail{list-style:none;margin:0 0 .5rem;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:.5rem}
.rail li{border-top:4px solid var(--line);padding-top:.4rem;font-size:.92rem}
.rail .done{border-color:var(--good)}.rail .pending{border-color:var(--accent)}.rail .blocked{border-color:var(--bad)}
.rail b{display:block}
.chip{display:inline-block;white-space:nowrap;border-radius:99px;padding:.02rem .6rem;font-size:.82rem;font-weight:600;border:1px solid currentColor;color:var(--soft)}
.chip.good{color:var(--good);background:var(--good-wash)}
.chip.bad{color:var(--bad);background:var(--bad-wash)}
.chip.warn{color:var(--warn);background:var(--warn-wash)}
.chip.accent{color:var(--accent);background:var(--wash)}
table{border-collapse:collapse;width:100%;font-size:.94rem;margin:.5rem 0 1rem}
caption{text-align:left;color:var(--soft);font-size:.9rem;padding:0 0 .4rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .9rem .5rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:.82rem;color:var(--soft);font-weight:600;border-bottom-width:2px}
tbody th{font-weight:600}
tbody th .soft{font-weight:400}
th,td{min-width:5.5rem}
td.brief{white-space:nowrap;font-variant-numeric:tabular-nums}
th:last-child,td:last-child{padding-right:0}
.soft{color:var(--soft)}.small{font-size:.88rem}
tr.trial td,tr.trial th{color:var(--soft);font-weight:400}
.lines{white-space:pre-line}
ul.plain{padding-left:1.1rem;margin:.4rem 0}
figure{margin:1rem 0 1.5rem}
figure .canvas{overflow-x:auto;border:1px solid var(--line);border-radius:10px}
figure svg{display:block;width:100%;height:auto;min-width:44rem}
figcaption{font-weight:600;margin-bottom:.5rem}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--accent);width:fit-content}
pre{background:var(--code);border-radius:10px;padding:.8rem 1rem;white-space:pre-wrap;margin:.5rem 0 1rem}
pre code{display:block;padding:0;background:none;font-size:1em}
.said{font-weight:400}
pre .add{color:var(--good);background:var(--good-wash)}
pre .del{color:var(--bad);background:var(--bad-wash)}
pre span{display:block;padding:0 .3rem;margin:0 -.3rem;border-radius:3px}
.finding{border-top:1px solid var(--line);padding:.9rem 0 .4rem}
.finding h3{margin:0 0 .25rem;font-size:1rem}
.finding p{margin:.25rem 0}
.hash{font:.82rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{color:var(--soft);font-size:.88rem;padding:0 0 3rem}
.print-only{display:none}
@media screen and (max-width:44rem){
table,thead,tbody,tr,td,th,caption{display:block}
thead{position:absolute;left:-9999px}
tr{border-bottom:1px solid var(--line);padding:.6rem 0}
th,td{border:0;padding:.12rem 0;min-width:0}
td.brief{white-space:normal}
td[data-label]::before{content:attr(data-label) ': ';color:var(--soft);font-size:.85rem}}
@media print{
@page{margin:16mm 14mm 18mm}
:root{--paper:#fff;color-scheme:light}
body{font-size:10pt;line-height:1.45}
nav,.skip,.screen-only{display:none}
.page{max-width:none;padding:0}
.body{display:block;padding:0}
.masthead{padding:6mm 0 4mm}
section{border:0;border-top:1px solid var(--line);border-radius:0;padding:5mm 0 2mm;margin:0}
.tiles{grid-template-columns:repeat(3,1fr)}
.tiles strong{font-size:15pt}
h2,h3,figcaption,caption{break-after:avoid}
tr,.finding,.tiles li,.callout,.rail li{break-inside:avoid}
thead{display:table-header-group}
figure{break-inside:avoid}
figure .canvas{overflow:visible;border:0}
figure svg{min-width:0;max-height:225mm}
.print-only{display:block}
details>summary{display:none}
details::details-content{content-visibility:visible;display:block;height:auto}
.stage,.chip,pre span,.callout,.tiles li,.rail li,.masthead{-webkit-print-color-adjust:exact;print-color-adjust:exact}
a{color:inherit;text-decoration:none}}
`.trim();
