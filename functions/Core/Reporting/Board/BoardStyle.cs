namespace Cki;

/// <summary><c>board/style.css</c>: one sheet, no fonts or pictures from anywhere.</summary>
public static class BoardStyle
{
    public const string Key = "board/style.css";

    public const string Css = """
        :root {
          color-scheme: light dark;
          --ink: light-dark(#1d2327, #dfe4e8); --soft: light-dark(#59636b, #98a3ac); --paper: light-dark(#fbfbf9, #14181b);
          --card: light-dark(#ffffff, #1b2125); --line: light-dark(#e1e3e0, #2c343a); --link: light-dark(#1f5f99, #8ec1ee);
          --good: light-dark(#1d6b3a, #7fce9a); --good-bg: light-dark(#e3f3e8, #17301f);
          --bad: light-dark(#9d2323, #f39a93); --bad-bg: light-dark(#fbe6e4, #3a1b1a);
          --odd: light-dark(#7d5300, #e5bd6a); --odd-bg: light-dark(#fbf0d9, #33280f);
          --idle: light-dark(#525c64, #a5afb7); --idle-bg: light-dark(#ecedec, #272e33);
          --busy: light-dark(#1f5f99, #8ec1ee); --busy-bg: light-dark(#e4eef8, #172838);
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main, footer, .top nav { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
        main { padding-top: .6rem; padding-bottom: 2rem; }
        .skip { position: absolute; left: -999rem; }
        .skip:focus { left: .5rem; top: .5rem; background: var(--card); padding: .4rem .8rem; z-index: 1; }
        .top { border-bottom: 1px solid var(--line); background: var(--card); }
        .top nav { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; align-items: baseline; padding-top: .5rem; padding-bottom: .5rem; }
        .top a { display: inline-block; padding: .15rem 0; text-decoration: none; }
        .top a:hover { text-decoration: underline; }
        .top [aria-current] { color: var(--ink); font-weight: 650; border-bottom: 2px solid var(--link); }
        .brand { font-weight: 750; letter-spacing: .04em; }
        h1 { font-size: 1.45rem; line-height: 1.3; margin: .5rem 0; overflow-wrap: anywhere; display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: center; }
        h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
        h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
        h4 { font-size: 1rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
        p { margin: .3rem 0; overflow-wrap: anywhere; }
        a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .15em; }
        a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
        small, .why, footer, time { color: var(--soft); font-size: .875rem; }
        time { font-variant-numeric: tabular-nums; white-space: nowrap; }
        code, pre { font: .85rem/1.5 ui-monospace, monospace; }
        code { overflow-wrap: anywhere; }
        pre { margin: .5rem 0; padding: .6rem .8rem; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
        footer { padding-bottom: 2.5rem; }
        footer a { display: inline-block; padding: .3rem 1rem .3rem 0; }
        .lead { font-size: 1.05rem; color: var(--soft); }
        .badge { display: inline-block; padding: .1rem .55rem; border-radius: 999px; font-size: .78rem; font-weight: 650; letter-spacing: .02em; white-space: nowrap; }
        .badge.good, .cell.good { background: var(--good-bg); color: var(--good); }
        .badge.bad, .cell.bad { background: var(--bad-bg); color: var(--bad); }
        .badge.odd, .cell.odd { background: var(--odd-bg); color: var(--odd); }
        .badge.idle, .cell.idle { background: var(--idle-bg); color: var(--idle); }
        .badge.busy, .cell.busy { background: var(--busy-bg); color: var(--busy); }
        .facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: 1rem 0; }
        .facts dt { color: var(--soft); }
        .facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; }
        caption { text-align: left; color: var(--soft); font-size: .875rem; padding: .2rem 0 .4rem; }
        .facts-table { border-collapse: collapse; width: 100%; font-size: .92rem; }
        .facts-table th, .facts-table td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; }
        .facts-table thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .82rem; vertical-align: bottom; }
        .facts-table tbody th { font-weight: 600; min-width: 7rem; }
        .facts-table th .why { font-weight: 400; }
        details { margin: .6rem 0; }
        summary { cursor: pointer; padding: .25rem 0; color: var(--link); }
        figure { margin: .6rem 0; }
        figcaption { color: var(--soft); font-size: .82rem; }
        .key { display: inline-block; width: .75rem; height: .75rem; border-radius: 2px; margin: 0 .2rem 0 .5rem; vertical-align: -1px; }
        .picture { display: block; overflow: hidden; }
        .picture text { fill: var(--ink); font-size: 12px; }
        .picture .axis { fill: var(--soft); }
        .picture .grid { stroke: var(--line); }
        .picture .track, .picture .base { fill: var(--line); }
        .picture .good { fill: var(--good); } .key.good { background: var(--good); }
        .picture .bad { fill: var(--bad); } .key.bad { background: var(--bad); }
        .picture .odd { fill: var(--odd); } .key.odd { background: var(--odd); }
        .picture .idle { fill: var(--idle); } .key.idle { background: var(--idle); }
        .picture .busy { fill: var(--busy); } .key.busy { background: var(--busy); }
        .picture .wait { fill: var(--odd); opacity: .4; } .key.wait { background: var(--odd); opacity: .4; }
        .tree { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .5rem 1rem; margin: .6rem 0; }
        .tree h3 { margin: .2rem 0; }
        .matrix { border-collapse: separate; border-spacing: 3px; }
        .matrix caption { padding-left: .2rem; }
        .matrix th { text-align: left; font-weight: 500; color: var(--soft); padding: .3rem .8rem .3rem .2rem; white-space: nowrap; }
        .matrix td { padding: .35rem .7rem; border-radius: 6px; vertical-align: top; min-width: 6.5rem; }
        .matrix strong { font-size: .85rem; font-weight: 650; }
        .matrix .why { color: inherit; max-width: 16rem; }
        .matrix .good { background: var(--good-bg); color: var(--good); }
        .matrix .bad { background: var(--bad-bg); color: var(--bad); }
        .matrix .odd { background: var(--odd-bg); color: var(--odd); }
        .matrix .hole { border: 1px dashed var(--idle); color: var(--idle); }
        .job, .notice { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; margin: .6rem 0; }
        .notice { border-left-width: 4px; }
        .notice.odd { border-left-color: var(--odd); }
        .notice h3, .job h3 { margin: 0 0 .25rem; overflow-wrap: anywhere; }
        .attempts { margin: .4rem 0 0; padding: 0; list-style: none; }
        .attempts > li { padding: .1rem 0 .4rem .8rem; border-left: 3px solid var(--line); margin: .4rem 0; overflow-wrap: anywhere; }
        .attempts > .bad, .timeline > .bad { border-color: var(--bad); }
        .attempts > .odd, .timeline > .odd { border-color: var(--odd); }
        .attempts > .good, .timeline > .good { border-color: var(--good); }
        .timeline { list-style: none; margin: 0; padding: 0; }
        .timeline > li { border-left: 3px solid var(--line); padding: .2rem 0 .2rem .8rem; overflow-wrap: anywhere; }
        .timeline time { margin-right: .5rem; }
        .plain { list-style: none; padding: 0; margin: 0; }
        .plain li { padding: .15rem 0; overflow-wrap: anywhere; }
        .strips { list-style: none; padding: 0; margin: 0; }
        .strips li { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: center; padding: .3rem 0; }
        .strips .name { min-width: 14rem; max-width: 100%; overflow-wrap: anywhere; }
        .strip { display: flex; flex-wrap: wrap; gap: 3px; }
        .cell { width: 1.5rem; height: 1.5rem; line-height: 1.5rem; text-align: center; border-radius: 4px; font-size: .72rem; font-weight: 650; text-decoration: none; }
        .runs { list-style: none; padding: 0; margin: 0; }
        .runs li { display: grid; grid-template-columns: 9.5rem 1fr; gap: .2rem .8rem; padding: .6rem 0; border-top: 1px solid var(--line); align-items: start; }
        .runs .badge { justify-self: start; }
        .runs div { min-width: 0; overflow-wrap: anywhere; }
        .runs .name { font-weight: 600; }
        @media (max-width: 40rem) {
          .runs li { grid-template-columns: 1fr; }
          .facts { grid-template-columns: 1fr; gap: 0; }
          .facts dd { margin-bottom: .5rem; }
          .facts-table { font-size: .85rem; }
          .facts-table time { white-space: normal; }
          .facts-table tbody th { min-width: 5rem; }
        }
        """;
}
