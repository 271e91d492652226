/// The style of all pages of the report.
enum ReportStyle {
  static let digest = ReportScript.digest(of: css)

  static let css = #"""
    :root { color-scheme: light dark; --paper: #fbfaf8; --card: #fff; --ink: #1d1f23; --soft: #5b6068; --line: #dcd9d3;
      --ground: #f3f1ec; --link: #1f5a8c; --fake: #b3261e; --open: #8a5a00; --real: #2f6475; --none: #5b6068; --error: #6a3fa0;
      --veil: #e0007a; }
    @media (prefers-color-scheme: dark) { :root { --paper: #15171a; --card: #1c1f23; --ink: #e9e7e3; --soft: #a5a9b0;
      --line: #363a40; --ground: #22262b; --link: #8bbfec; --fake: #ff8a7e; --open: #e6b450; --real: #8cc3d4; --none: #a5a9b0;
      --error: #c7a6f5; --veil: #ff4fa8; } }
    .fake { --c: var(--fake); } .open { --c: var(--open); } .real { --c: var(--real); } .none { --c: var(--none); }
    .error { --c: var(--error); }
    * { box-sizing: border-box; }
    html { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans",
      sans-serif; -webkit-text-size-adjust: 100%; }
    body { margin: 0 auto; padding: 0 clamp(16px, 4vw, 40px) 48px; max-width: 1180px; }
    a { color: var(--link); text-underline-offset: .15em; }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
    h1 { font-size: clamp(1.5rem, 4.5vw, 2.15rem); line-height: 1.2; letter-spacing: -.015em; margin: .4em 0 .3em;
      overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.2em 0 .6em; }
    h3 { font-size: 1rem; margin: 1.4em 0 .2em; }
    p { margin: .4em 0; max-width: 75ch; }
    code, pre { font: .85em/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
    pre { background: var(--ground); padding: 12px 14px; border-radius: 8px; white-space: pre-wrap; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .skip { position: absolute; left: -999px; top: 8px; background: var(--card); padding: 8px 12px; z-index: 3; }
    .skip:focus { left: 8px; }
    .top { display: flex; justify-content: space-between; align-items: baseline; padding: 18px 0 4px; }
    .brand { font-weight: 700; letter-spacing: .02em; color: var(--soft); }
    .path, .lead { overflow-wrap: anywhere; }
    .path, .note, .about, footer { color: var(--soft); }
    .note { font-size: .9rem; }
    footer { margin-top: 3em; border-top: 1px solid var(--line); padding-top: .8em; font-size: .9rem; }

    .tag { display: inline-flex; align-items: center; gap: .45em; color: var(--c); font-weight: 600; font-size: .875rem;
      white-space: nowrap; vertical-align: baseline; }
    .tag::before { content: ""; width: .7em; height: .7em; border: 2px solid var(--c); border-radius: 50%; flex: none; }
    .tag.fake::before { background: var(--c); border-radius: 2px; transform: rotate(45deg) scale(.9); }
    .tag.open::before { background: linear-gradient(90deg, var(--c) 50%, transparent 50%); }
    .tag.none::before { height: 0; border-width: 1px; border-radius: 0; }
    .tag.error::before { border-radius: 2px; border-style: dashed; }
    h2 .tag { margin-left: .5em; }
    .word { color: var(--c); font-weight: 600; }

    .verdict { border-left: 5px solid var(--c); background: color-mix(in srgb, var(--c) 7%, var(--card)); padding: 14px 20px;
      border-radius: 0 10px 10px 0; margin: 1.2em 0; }
    .verdict > .word { display: flex; flex-wrap: wrap; gap: .2em 1em; align-items: baseline; }
    .verdict > .word .tag { font-size: 1.25rem; }
    .verdict .score { color: var(--ink); font-weight: 400; }
    .verdict .lead { font-size: 1.1rem; font-weight: 600; }
    .notice { border: 1px solid var(--c); border-radius: 10px; padding: 6px 16px; margin: 1em 0; }

    .filters { display: flex; flex-wrap: wrap; gap: 10px 16px; align-items: center; margin: 1.2em 0 .6em; position: sticky;
      top: 0; background: var(--paper); padding: 10px 0; z-index: 2; border-bottom: 1px solid var(--line); }
    [hidden] { display: none !important; }
    .chips { border: 0; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 6px; min-width: 0; }
    .chip { position: relative; --c: var(--ink); cursor: pointer; }
    .chip.fake { --c: var(--fake); } .chip.open { --c: var(--open); } .chip.real { --c: var(--real); }
    .chip.none { --c: var(--none); } .chip.error { --c: var(--error); }
    .chip input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
    .chip span { display: block; border: 1px solid var(--line); border-radius: 99px; padding: 4px 12px; color: var(--c);
      background: var(--card); font-size: .9rem; white-space: nowrap; }
    .chip b { font-variant-numeric: tabular-nums; margin-left: .25em; }
    .chip input:checked + span { background: var(--c); border-color: var(--c); color: var(--paper); }
    .chip input:focus-visible + span { outline: 3px solid var(--link); outline-offset: 2px; }
    .search { flex: 1 1 180px; }
    input[type=search], select { width: 100%; font: inherit; font-size: .95rem; color: inherit; background: var(--card);
      border: 1px solid color-mix(in srgb, var(--soft) 70%, transparent); border-radius: 8px; padding: 6px 10px; }
    .sorting { display: none; align-items: center; gap: .5em; white-space: nowrap; font-size: .9rem; }
    .status { color: var(--soft); font-size: .9rem; font-variant-numeric: tabular-nums; }
    .more { text-align: center; margin: 1em auto; }
    .more button { font: inherit; padding: 8px 18px; border-radius: 8px; border: 1px solid var(--line); background: var(--card);
      color: inherit; cursor: pointer; }

    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; padding: 7px 10px; vertical-align: top; border-bottom: 1px solid var(--line); }
    th { font-weight: 600; }
    thead th { font-size: .82rem; color: var(--soft); border-bottom: 2px solid var(--line); white-space: nowrap; }
    thead button { font: inherit; color: inherit; background: none; border: 0; padding: 4px 0; cursor: pointer; }
    thead button::after { content: "↕"; opacity: .35; margin-left: .35em; }
    thead button::after { display: inline-block; width: .8em; }
    [aria-sort] button { color: var(--ink); }
    [aria-sort] button::after { content: "▾"; opacity: 1; }
    [aria-sort=ascending] button::after { content: "▴"; }
    .wide { overflow-x: auto; }
    .files { table-layout: fixed; font-size: .95rem; }
    .files .standing { width: 9.5em; padding-left: 0; }
    .files .name { overflow-wrap: anywhere; font-weight: 400; width: auto; }
    .files .name a { font-weight: 600; }
    .files .folder { display: block; color: var(--soft); font-size: .82rem; line-height: 1.35; }
    .files .where { width: 9em; }
    .files thead th { vertical-align: baseline; }
    .files .score, .files .duration, .files .bytes { width: 6.4em; text-align: right; white-space: nowrap; }
    .files .score { width: 5.4em; }
    .files .date { width: 7.4em; text-align: right; padding-right: 0; white-space: nowrap; }
    .files td:not(.standing) { padding-top: 9px; }
    .files tbody tr:hover { background: color-mix(in srgb, var(--ground) 60%, transparent); }
    .why { color: var(--error); font-size: .85rem; margin: .15em 0 0; overflow-wrap: anywhere; }
    .strip { display: block; width: 100%; height: 10px; background: var(--ground); border-radius: 3px; margin-top: 6px; }
    .strip rect, .lanes rect { fill: var(--c); }

    .lanes { list-style: none; margin: 0; padding: 0; }
    .lanes li { display: grid; grid-template-columns: 6.5em 1fr; align-items: center; min-height: 30px; }
    .lanes .strip { height: 16px; margin: 0; }
    .lane-axis { padding-left: 6.5em; }
    .axis { width: 100%; height: 18px; display: block; overflow: visible; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: .85rem; color: var(--soft); }
    .legend span::before { content: ""; display: inline-block; width: .8em; height: .8em; background: var(--c);
      margin-right: .45em; border-radius: 2px; }

    .person { border-top: 1px solid var(--line); margin-top: 2em; }
    .person > h2 { margin-top: 1.2em; }
    .stretches { margin: .4em 0 1em; padding-left: 1.1em; }
    .drawing { touch-action: pan-y; }
    .chart { display: block; width: 100%; height: 262px; overflow: visible; }
    .ground { fill: var(--ground); }
    .grid, .threshold, .clearance, .line, .score, .dots, .tick, .cursor { fill: none; vector-effect: non-scaling-stroke; }
    .grid { stroke: var(--line); }
    .threshold, .line { stroke: var(--ink); stroke-dasharray: 5 4; stroke-width: 1.2; opacity: .75; }
    .clearance { stroke: var(--ink); stroke-dasharray: 1 5; stroke-width: 1.2; opacity: .75; }
    path.score { stroke: var(--soft); stroke-width: 1; opacity: .7; }
    .dots { stroke: var(--c); stroke-width: 6; stroke-linecap: round; }
    .dots.real { stroke-width: 5; }
    .tick { stroke: var(--c); stroke-width: 2; }
    .tick.none { opacity: .45; }
    .band { fill: var(--c); opacity: .13; }
    .cap { fill: var(--c); }
    .share { fill: var(--fake); opacity: .35; }
    .cursor { stroke: var(--ink); visibility: hidden; }
    .cursor.on { visibility: visible; }
    .mark { overflow: visible; fill: var(--ink); }
    .label { font-size: 12px; fill: var(--soft); paint-order: stroke; stroke: var(--ground); stroke-width: 3px;
      stroke-linejoin: round; }
    .axis .label { stroke: none; }
    .label.end { text-anchor: end; } .label.middle { text-anchor: middle; }
    input[type=range] { accent-color: var(--link); width: 100%; margin: 0; height: 24px; }
    .readout { font-size: .9rem; font-variant-numeric: tabular-nums; color: var(--soft); min-height: 1.5em; }

    .keys { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 16px; margin: .8em 0 1.2em; }
    .key { margin: 0; }
    .key svg { display: block; width: 100%; border-radius: 8px; background: var(--ground); }
    .key .over { touch-action: pan-y; cursor: ew-resize; }
    .key .bare { display: none; }
    .veil { fill: var(--veil); opacity: .62; }
    .halo, .outline { fill: none; stroke: #000; stroke-width: 3; opacity: .55; vector-effect: non-scaling-stroke;
      stroke-linejoin: round; }
    .outline { stroke: #fff; stroke-width: 1.4; opacity: 1; }
    .edge { stroke: #fff; stroke-width: 2; vector-effect: non-scaling-stroke; visibility: hidden; }
    .edge.on { visibility: visible; }
    .slide { display: grid; grid-template-columns: auto 1fr auto; gap: 8px; align-items: center; font-size: .8rem;
      color: var(--soft); }
    figcaption { font-size: .88rem; line-height: 1.4; font-variant-numeric: tabular-nums; }

    details { margin: .6em 0; }
    summary { cursor: pointer; color: var(--link); }
    .values { font-size: .9rem; width: auto; }
    .values th { font-weight: 400; }
    dl { margin: 0; }
    dl > div { display: grid; grid-template-columns: minmax(8em, 15em) 1fr; gap: 0 16px; padding: 5px 0;
      border-bottom: 1px solid var(--line); }
    dt { color: var(--soft); }
    dd { margin: 0; overflow-wrap: anywhere; max-width: 75ch; }

    @media (max-width: 860px) { .files .where, .files .bytes { display: none; } }
    @media (max-width: 640px) {
      .filters { position: static; }
      .sorting { display: flex; flex: 1 1 100%; }
      .files .date, .files .duration { display: none; }
      .files .standing { width: 7.2rem; } .files .score { width: 4rem; padding-right: 0; }
      .files .tag { font-size: .8rem; gap: .35em; }
      thead th:not([aria-sort]) button::after { content: none; }
      .files th, .files td { padding-left: 6px; padding-right: 6px; }
      .keys { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); }
      dl > div { grid-template-columns: 1fr; }
      .lanes li { grid-template-columns: 5.5em 1fr; } .lane-axis { padding-left: 5.5em; }
    }
    @media (prefers-contrast: more) { :root { --soft: var(--ink); --line: var(--ink); } }
    @media print {
      :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --ground: #f2f2f2; --link: #000;
        --fake: #a01810; --open: #7a4e00; --real: #26566a; --none: #444; --error: #5a2f90; --veil: #e0007a; }
      html { font-size: 10pt; }
      body { max-width: none; padding: 0; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      .filters, .more, .skip, .scrub, .slide, .readout, nav, .status { display: none !important; }
      .files .where, .files .duration, .files .date, .files .bytes { display: table-cell; }
      thead button::after { content: none; }
      thead { display: table-header-group; }
      tr, .key, .timeline, .verdict, dl > div { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
      a { text-decoration: none; }
      .key .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; }
      .key .bare { display: block; }
      .keys { grid-template-columns: repeat(2, 1fr); }
    }
    """#
}
